package workers

import "iter"

// Batches yields the values of in as lists of at most size: where a job takes
// microseconds, handing one in takes as long, and a list of them costs that once.
// An error of in is yielded behind the values before it, and ends the stream.
func Batches[T any](in iter.Seq2[T, error], size int) iter.Seq2[[]T, error] {
	return func(yield func([]T, error) bool) {
		var list []T
		for v, err := range in {
			if err != nil {
				if len(list) == 0 || yield(list, nil) {
					yield(nil, err)
				}
				return
			}
			if list == nil {
				list = make([]T, 0, size)
			}
			if list = append(list, v); len(list) == size {
				if !yield(list, nil) {
					return
				}
				list = nil
			}
		}
		if len(list) > 0 {
			yield(list, nil)
		}
	}
}
