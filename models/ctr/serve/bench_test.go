package serve

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"datum/models/ctr"
	"datum/models/ctr/score"
)

// What a row costs in the network, by itself and beside others.
func BenchmarkNetwork(b *testing.B) {
	m := newModel(b, ctr.DIEN, 18, 100)
	n := newNetwork(b, m, 64, score.Options{Threads: 1})
	if err := n.WarmUp(b.Context()); err != nil {
		b.Fatal(err)
	}
	for _, rows := range []int{1, 16, 64} {
		all := anyRows(m, 1024, 1)
		b.Run(fmt.Sprint(rows), func(b *testing.B) {
			for i := 0; b.Loop(); i += rows {
				if _, err := n.Score(b.Context(), all[i%1024:][:rows]); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*rows), "µs/row")
		})
	}
}

// What a request of one row with a history of 50 names costs to read.
func BenchmarkReadJSON(b *testing.B) {
	text := []byte(`{"rows":[{"user":"u3","item":"i42","history":["i1"` + strings.Repeat(`,"i77"`, 49) + `]}]}`)
	s := &Server{options: Options{Vocabulary: counted{}, Limits: Defaults.Limits, Longest: 100}, sizes: counted{}.Sizes()}
	b.ReportAllocs()
	for b.Loop() {
		if err := readJSON(bytes.NewBuffer(text), s.request()); err != nil {
			b.Fatal(err)
		}
	}
}
