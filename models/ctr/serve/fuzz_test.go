package serve

import (
	"bytes"
	"errors"
	"testing"

	"google.golang.org/grpc/encoding"
	"google.golang.org/grpc/mem"
	"google.golang.org/protobuf/proto"

	"datum/models/ctr/serve/servepb"
)

var small = Limits{Rows: 4, History: 8}

func smallRequest() *request {
	return &request{vocabulary: counted{}, sizes: counted{}.Sizes(), limits: small, longest: 5}
}

// sound looks whether what was read can be given to a scorer.
func sound(t *testing.T, r *request, err error) {
	t.Helper()
	if err != nil {
		if !errors.Is(err, ErrInvalid) {
			t.Fatalf("%T: %v", err, err)
		}
		return
	}
	z := counted{}.Sizes()
	if len(r.rows) < 1 || len(r.rows) > small.Rows {
		t.Fatalf("%d rows", len(r.rows))
	}
	for _, row := range r.rows {
		if row.User >= z.Users || row.Item >= z.Items || row.Category >= z.Categories || len(row.History) > 5 {
			t.Fatalf("%v", row)
		}
		for _, h := range row.History {
			if h >= z.Items {
				t.Fatalf("%v", row)
			}
		}
	}
}

func FuzzJSON(f *testing.F) {
	for _, s := range []string{
		`{"rows":[{"user":"u3","item":"i42","category":"c7","history":["i1","i2"]}]}`,
		`{"rows":[{"user":3,"item":42,"history":[1,2,3,4,5,6,7,8]},{"item":"\u0069"}]}`,
		`{"rows":[{"item":4294967296}]}`, `{"rows":[[]]}`, `{"rows":[{"item":1}]}x`, `[`, `"`, "\xff", "",
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		r := smallRequest()
		err := readJSON(bytes.NewBuffer(text), r)
		sound(t, r, err)
		again := smallRequest() // with the memory of a decoder that has seen something
		if second := readJSON(bytes.NewBuffer(text), again); (second == nil) != (err == nil) || len(again.rows) != len(r.rows) {
			t.Fatalf("%v, and then %v", err, second)
		}
	})
}

func FuzzMessage(f *testing.F) {
	for _, m := range []*servepb.ScoreRequest{
		asked(&servepb.Row{User: "u3", Item: "i42", Category: "c7", History: []string{"i1", "nothing", "i2"}}),
		asked(&servepb.Row{UserNumber: number(3), ItemNumber: number(42), HistoryNumbers: []uint32{1, 2, 3, 4, 5, 6, 7}}, &servepb.Row{Item: "x"}),
		asked(&servepb.Row{}, &servepb.Row{}, &servepb.Row{}, &servepb.Row{}, &servepb.Row{}, &servepb.Row{}),
	} {
		text, err := proto.Marshal(m)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	c := codec{encoding.GetCodecV2("proto"), small.Rows}
	f.Fuzz(func(t *testing.T, text []byte) {
		var m servepb.ScoreRequest
		if c.Unmarshal(mem.BufferSlice{mem.SliceBuffer(text)}, &m) != nil {
			return
		}
		if len(m.Rows) > small.Rows+1 {
			t.Fatalf("%d rows are in memory", len(m.Rows))
		}
		r := smallRequest()
		err := readMessage(&m, r)
		sound(t, r, err)
	})
}
