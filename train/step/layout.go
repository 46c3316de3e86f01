package step

import (
	"datum/graph"
	"datum/train/parameters"
)

// A vector is one tensor of the state, in which parameters lie one after the other.
type vector struct {
	name  string
	parts []parameters.Parameter
	size  int
}

func (v *vector) add(p parameters.Parameter) {
	v.parts = append(v.parts, p)
	v.size += p.Size()
}

// A layout says in which vector each parameter of a network lies.
type layout struct{ trained, statistics, frozen vector }

func layoutOf(set *parameters.Set) *layout {
	l := &layout{trained: vector{name: "weights"}, statistics: vector{name: "statistics"}, frozen: vector{name: "frozen"}}
	for _, p := range set.All() {
		switch {
		case p.Frozen:
			l.frozen.add(p)
		case p.Statistic:
			l.statistics.add(p)
		default:
			l.trained.add(p)
		}
	}
	return l
}

// pack writes the values of the parameters of a vector where they belong.
func (v *vector) pack(to []float32, values parameters.Values) {
	for i := range v.parts {
		to = to[copy(to, values[v.parts[i].Name]):]
	}
}

// unpack copies the values of the parameters of a vector.
func (v *vector) unpack(from []float32, values parameters.Values) {
	for i := range v.parts {
		n := v.parts[i].Size()
		values[v.parts[i].Name] = append([]float32(nil), from[:n]...)
		from = from[n:]
	}
}

// split cuts a vector into its parameters.
func (v *vector) split(b *graph.Builder, from *graph.Output, to map[string]*graph.Output) {
	sizes := make([]int64, len(v.parts))
	for i := range v.parts {
		sizes[i] = int64(v.parts[i].Size())
	}
	for i, part := range b.SplitAt(from, 0, sizes...) {
		to[v.parts[i].Name] = b.Reshape(part, v.parts[i].Shape...)
	}
}

// join makes a vector of tensors for each parameter.
func join(b *graph.Builder, parts []*graph.Output) *graph.Output {
	flat := make([]*graph.Output, len(parts))
	for i, o := range parts {
		flat[i] = b.Reshape(o, -1)
	}
	if len(flat) == 1 {
		return flat[0]
	}
	return b.Concat(0, flat...)
}

// decayed says for each weight whether it decays: 1 or 0.
func (v *vector) decayed(b *graph.Builder) *graph.Output {
	mask := make([]float32, 0, v.size)
	count := 0
	for i := range v.parts {
		decay := float32(0)
		if v.parts[i].Decay {
			decay = 1
			count += v.parts[i].Size()
		}
		for range v.parts[i].Size() {
			mask = append(mask, decay)
		}
	}
	switch count {
	case 0:
		return b.Scalar(graph.F32, 0)
	case v.size:
		return b.Scalar(graph.F32, 1)
	}
	return b.Float32s("decayed", graph.Shape{int64(v.size)}, mask...)
}
