package workers

import (
	"errors"
	"fmt"
	"iter"
	"testing"
)

func TestBatches(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	numbers := func(n int, end error) iter.Seq2[int, error] {
		return func(yield func(int, error) bool) {
			for i := range n {
				if !yield(i, nil) {
					return
				}
			}
			if end != nil {
				yield(0, end)
			}
		}
	}
	for _, test := range []struct {
		n    int
		end  error
		want string
	}{
		{0, nil, ""}, {1, nil, "[0] "}, {3, nil, "[0 1 2] "}, {7, nil, "[0 1 2] [3 4 5] [6] "},
		{0, broken, "broken "}, {3, broken, "[0 1 2] broken "}, {4, broken, "[0 1 2] [3] broken "},
	} {
		got := ""
		for list, err := range Batches(numbers(test.n, test.end), 3) {
			if err != nil {
				got += err.Error() + " "
			} else {
				got += fmt.Sprint(list, " ")
			}
		}
		if got != test.want {
			t.Errorf("%d values and %v: %s", test.n, test.end, got)
		}
		for range Batches(numbers(test.n, test.end), 3) {
			break // which must not go on
		}
	}
}
