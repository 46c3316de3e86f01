package step

import (
	"bytes"
	"errors"
	"reflect"
	"testing"

	"datum/graph"
	"datum/train/parameters"
)

// stateOfSet is a state with a momentum and, if it is to have them, means.
func stateOfSet(t testing.TB, averaged bool) (*parameters.Set, []byte) {
	t.Helper()
	set, err := parameters.NewSet(
		parameters.Parameter{Name: "a", Shape: graph.Shape{2}, Decay: true},
		parameters.Parameter{Name: "mean", Shape: graph.Shape{1}, Statistic: true},
		parameters.Parameter{Name: "still", Shape: graph.Shape{1, 2}, Frozen: true},
		parameters.Parameter{Name: "b", Shape: graph.Shape{1}})
	if err != nil {
		t.Fatal(err)
	}
	s := &snapshot{hash: set.Hash(), steps: 3, parts: []part{{"weights", 3, eachStep}, {"statistics", 1, eachBatch}, {"frozen", 2, never}, {"momentum", 3, eachStep}},
		numbers: [][]float32{{1, 2, 3}, {4}, {5, 6}, {7, 8, 9}}}
	if averaged {
		s.parts = append(s.parts, part{averagePart, 3, eachStep}, part{averageStatisticsPart, 1, eachStep})
		s.numbers = append(s.numbers, []float32{10, 20, 30}, []float32{40})
	}
	return set, written(t, s)
}

func TestValuesOfState(t *testing.T) {
	t.Parallel()
	for _, averaged := range []bool{false, true} {
		set, b := stateOfSet(t, averaged)
		want := parameters.Values{"a": {1, 2}, "b": {3}, "mean": {4}, "still": {5, 6}}
		if averaged {
			want = parameters.Values{"a": {10, 20}, "b": {30}, "mean": {40}, "still": {5, 6}}
		}
		got, err := ReadValues(bytes.NewReader(b), set)
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("averaged %v: %v, %v", averaged, got, err)
		}
		for n := range b {
			if _, err := ReadValues(bytes.NewReader(b[:n]), set); !errors.Is(err, ErrState) {
				t.Fatalf("%d of %d bytes: %v", n, len(b), err)
			}
			bad := bytes.Clone(b)
			bad[n] ^= 0x10
			if _, err := ReadValues(bytes.NewReader(bad), set); !errors.Is(err, ErrState) {
				t.Fatalf("byte %d is wrong: %v", n, err)
			}
		}
		other, err := parameters.NewSet(parameters.Parameter{Name: "a", Shape: graph.Shape{6}})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := ReadValues(bytes.NewReader(b), other); !errors.Is(err, ErrState) {
			t.Errorf("another set: %v", err)
		}
	}
}

func FuzzReadValues(f *testing.F) {
	set, b := stateOfSet(f, true)
	f.Add(b)
	f.Fuzz(func(t *testing.T, b []byte) {
		if len(b) >= 4 {
			b = checksummed(b)
		}
		values, err := ReadValues(bytes.NewReader(b), set)
		if err == nil {
			err = set.Check(values)
		} else if errors.Is(err, ErrState) {
			err = nil
		}
		if err != nil {
			t.Error(err)
		}
	})
}
