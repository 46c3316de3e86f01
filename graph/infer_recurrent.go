package graph

// gates is how many gates a recurrent operation has.
func (x *inference) gates() int64 {
	switch x.n.Type {
	case "LSTMCell", "LSTMSequence":
		return 4
	case "RNNCell", "RNNSequence":
		return 1
	}
	return 3
}

// weights checks the last two dimensions of weights.
func (x *inference) weights(i int, rank int, rows, columns int64) {
	if !x.rank(i, rank) {
		return
	}
	s := x.shape(i)[rank-2:]
	if s[0] >= 0 && s[0] != rows || s[1] >= 0 && columns >= 0 && s[1] != columns {
		x.fail("weights [%s] where [%d,%d] are needed", x.shape(i), rows, columns)
	}
}

// hidden is how many numbers a state has.
func (x *inference) hidden() int64 {
	n := x.int("hidden_size", 0)
	if n < 0 || n > maxWindow {
		x.fail("hidden_size=%d", n)
	}
	return n
}

func inferCell(x *inference) []tensor {
	hidden := x.hidden()
	states := 1
	if x.n.Type == "LSTMCell" {
		states = 2
	}
	t := x.same(0, 1)
	s := Shape{-1, hidden}
	if x.rank(0, 2) && x.rank(1, 2) {
		s[0] = x.mergeDim(x.shape(0)[0], x.shape(1)[0])
		x.mergeDim(x.shape(1)[1], hidden)
		x.weights(1+states, 2, x.gates()*hidden, x.shape(0)[1])
		x.weights(2+states, 2, x.gates()*hidden, hidden)
	}
	return repeated(t, s, states)
}

func inferSequence(x *inference) []tensor {
	hidden := x.hidden()
	states := 1
	if x.n.Type == "LSTMSequence" {
		states = 2
	}
	directions := int64(1)
	if x.text("direction", "forward") == "bidirectional" {
		directions = 2
	}
	t := x.same(0, 1)
	s, last := Shape{-1, directions, -1, hidden}, Shape{-1, directions, hidden}
	if x.rank(0, 3) && x.rank(1, 3) {
		in := x.shape(0)
		s[0] = x.mergeDim(in[0], x.shape(1)[0])
		s[2], last[0] = in[1], s[0]
		x.mergeDim(x.shape(1)[1], directions)
		x.mergeDim(x.shape(1)[2], hidden)
		x.weights(2+states, 3, x.gates()*hidden, in[2])
		x.weights(3+states, 3, x.gates()*hidden, hidden)
	}
	return append([]tensor{{t, s}}, repeated(t, last, states)...)
}
