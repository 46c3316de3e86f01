package grad

import (
	"strings"

	"datum/graph"
)

// gates checks that a cell is the usual one, and returns how many units it
// has.
func (s *step) gates(activations string) int64 {
	have := strings.ToLower(strings.NewReplacer(" ", "", "\"", "").Replace(s.text("activations", activations)))
	if have != activations || s.float("clip", 0) != 0 {
		s.refuse("activations %q with a clip of %g", have, s.float("clip", 0))
	}
	return s.int("hidden_size", 0)
}

// gruCell is a step of a GRU in parts, or of an AUGRU, which has attention as
// its last input.
func gruCell(s *step) []*graph.Output {
	n := s.gates("sigmoid,tanh")
	x, h := s.x(0), s.x(1)
	var attention *graph.Output
	if s.node.Type == "AUGRUCell" {
		// With weights that are no constants, OpenVINO crashes.
		if s.wants(2) || s.wants(3) || s.wants(4) {
			s.refuse("by the weights of an AUGRUCell, which OpenVINO wants to be constants")
		}
		attention = s.x(5)
	}
	after := s.truth("linear_before_reset", false)
	lengths := []int64{2 * n, n}
	if after { // there is a bias of the state's part, too
		lengths = append(lengths, n)
	}
	bias := s.SplitAt(s.x(4), 0, lengths...)
	input, state := s.SplitAt(s.x(2), 0, 2*n, n), s.SplitAt(s.x(3), 0, 2*n, n)
	both := s.Sigmoid(s.Add(s.Add(s.MatMul(x, input[0], false, true), s.MatMul(h, state[0], false, true)), bias[0]))
	gates := s.SplitAt(both, 1, n, n)
	update, reset := gates[0], gates[1]
	var recurrent *graph.Output
	if after {
		recurrent = s.Mul(reset, s.Add(s.MatMul(h, state[1], false, true), bias[2]))
	} else {
		recurrent = s.MatMul(s.Mul(reset, h), state[1], false, true)
	}
	fresh := s.Tanh(s.Add(s.Add(s.MatMul(x, input[1], false, true), recurrent), bias[1]))
	if attention != nil {
		update = s.Mul(update, s.Sub(s.num(1), attention))
	}
	return []*graph.Output{s.Add(fresh, s.Mul(update, s.Sub(h, fresh)))}
}

// lstmCell is a step of an LSTM in parts, with the gates forget, input, cell
// and output.
func lstmCell(s *step) []*graph.Output {
	n := s.gates("sigmoid,tanh,tanh")
	if len(s.wanted) > 6 {
		s.refuse("an LSTM with peepholes")
	}
	sum := s.Add(s.Add(s.MatMul(s.x(0), s.x(3), false, true), s.MatMul(s.x(1), s.x(4), false, true)), s.x(5))
	gates := s.SplitAt(sum, 1, n, n, n, n)
	cell := s.Add(s.Mul(s.Sigmoid(gates[0]), s.x(2)), s.Mul(s.Sigmoid(gates[1]), s.Tanh(gates[2])))
	return []*graph.Output{s.Mul(s.Sigmoid(gates[3]), s.Tanh(cell)), cell}
}

// rnnCell is a step of a plain recurrent network in parts.
func rnnCell(s *step) []*graph.Output {
	s.gates("tanh")
	sum := s.Add(s.Add(s.MatMul(s.x(0), s.x(2), false, true), s.MatMul(s.x(1), s.x(3), false, true)), s.x(4))
	return []*graph.Output{s.Tanh(sum)}
}
