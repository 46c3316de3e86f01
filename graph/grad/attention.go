package grad

import (
	"math"

	"datum/graph"
)

// attention is softmax(q·kᵀ·scale + mask)·v in parts.
func attention(s *step) []*graph.Output {
	q, k, v := s.x(0), s.x(1), s.x(2)
	if len(s.wanted) > 5 {
		s.refuse("attention with a sink")
	}
	scores := s.MatMul(s.Mul(q, s.attentionScale(q)), k, false, true)
	switch {
	case s.truth("causal", false): // whatever mask there is is not looked at
		shape := s.static(scores, len(scores.Shape)-2)[len(scores.Shape)-2:]
		row, column := make([]int64, shape[0]), make([]int64, shape[1])
		for i := range row {
			row[i] = int64(i)
		}
		for i := range column {
			column[i] = int64(i)
		}
		seen := s.GreaterEqual(s.Ints("", graph.I32, graph.Shape{shape[0], 1}, row...), s.Ints("", graph.I32, graph.Shape{1, shape[1]}, column...))
		scores = s.masked(scores, seen)
	case len(s.wanted) > 3 && s.x(3).Element == graph.Boolean:
		scores = s.masked(scores, s.x(3))
	case len(s.wanted) > 3:
		scores = s.Add(scores, s.x(3))
	}
	return []*graph.Output{s.MatMul(s.Softmax(scores, -1), v, false, false)}
}

// masked are the scores of what is seen, and nothing of the others.
func (s *step) masked(scores, seen *graph.Output) *graph.Output {
	return s.Select(seen, scores, s.num(lowest(scores.Element)))
}

// attentionScale is what the scores are multiplied by.
func (s *step) attentionScale(q *graph.Output) *graph.Output {
	if len(s.wanted) > 4 {
		return s.x(4)
	}
	width := s.static(q, len(q.Shape)-1)[len(q.Shape)-1]
	return s.num(1 / math.Sqrt(float64(width)))
}
