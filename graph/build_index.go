package graph

import "strconv"

// Gather takes the places at of an axis of x.
func (b *Builder) Gather(x, at *Output, axis int64) *Output {
	return b.GatherBatch(x, at, axis, 0)
}

// GatherBatch does the same for each place of the first dimensions.
func (b *Builder) GatherBatch(x, at *Output, axis int64, batchDims int) *Output {
	return b.Add1("Gather", Attrs{{"batch_dims", strconv.Itoa(batchDims)}}, x, at, b.Int64(axis))
}

// GatherElements takes one element for each place in at.
func (b *Builder) GatherElements(x, at *Output, axis int) *Output {
	return b.Add1("GatherElements", Attrs{{"axis", strconv.Itoa(axis)}}, x, at)
}

// GatherND takes parts of x whose places are the last dimension of at.
func (b *Builder) GatherND(x, at *Output, batchDims int) *Output {
	return b.Add1("GatherND", Attrs{{"batch_dims", strconv.Itoa(batchDims)}}, x, at)
}

// ScatterUpdate puts values at places of an axis of x.
func (b *Builder) ScatterUpdate(x, at, values *Output, axis int64) *Output {
	return b.Add1("ScatterUpdate", nil, x, at, values, b.Int64(axis))
}

// ScatterElements puts values at places of an axis of x, one for each; the
// reduction is what becomes of several for one place: "none", "sum", "prod",
// "min", "max", "mean".
func (b *Builder) ScatterElements(x, at, values *Output, axis int64, reduction string) *Output {
	return b.Add1("ScatterElementsUpdate", Attrs{{"reduction", reduction}, {"use_init_val", "true"}}, x, at, values, b.Int64(axis))
}

// ScatterND puts values at the places that are the last dimension of at.
func (b *Builder) ScatterND(x, at, values *Output, reduction string) *Output {
	return b.Add1("ScatterNDUpdate", Attrs{{"reduction", reduction}}, x, at, values)
}

// OneHot makes a new axis of depth places, of which the one that x names has
// the value on and the others off.
func (b *Builder) OneHot(x *Output, depth int64, on, off *Output, axis int) *Output {
	return b.Add1("OneHot", Attrs{{"axis", strconv.Itoa(axis)}}, x, b.Int64(depth), on, off)
}

func (b *Builder) reduce(typ string, x *Output, keep bool, axes []int64) *Output {
	return b.Add1(typ, Attrs{{"keep_dims", strconv.FormatBool(keep)}}, x, b.Int64s(axes...))
}

// Sum adds up some axes of x, and drops them or keeps them as 1.
func (b *Builder) Sum(x *Output, keep bool, axes ...int64) *Output {
	return b.reduce("ReduceSum", x, keep, axes)
}

// Mean is the mean over some axes.
func (b *Builder) Mean(x *Output, keep bool, axes ...int64) *Output {
	return b.reduce("ReduceMean", x, keep, axes)
}

// Max is the greatest over some axes.
func (b *Builder) Max(x *Output, keep bool, axes ...int64) *Output {
	return b.reduce("ReduceMax", x, keep, axes)
}

// Min is the least over some axes.
func (b *Builder) Min(x *Output, keep bool, axes ...int64) *Output {
	return b.reduce("ReduceMin", x, keep, axes)
}

// Reduce does another reduction: "ReduceProd", "ReduceL1", "ReduceL2",
// "ReduceLogicalAnd", "ReduceLogicalOr".
func (b *Builder) Reduce(typ string, x *Output, keep bool, axes ...int64) *Output {
	return b.reduce(typ, x, keep, axes)
}

// TopK returns the k greatest of an axis, in falling order, and their places
// as i32.
func (b *Builder) TopK(x *Output, k int64, axis int) (values, places *Output) {
	n := b.AddNode("TopK", "", Attrs{
		{"axis", strconv.Itoa(axis)}, {"mode", "max"}, {"sort", "value"}, {"index_element_type", "i32"}, {"stable", "false"},
	}, x, b.Int64(k))
	if n == nil {
		return b.none, b.none
	}
	return n.outputs[0], n.outputs[1]
}

// Softmax is e^x over its sum along an axis.
func (b *Builder) Softmax(x *Output, axis int) *Output {
	return b.Add1("SoftMax", Attrs{{"axis", strconv.Itoa(axis)}}, x)
}

// LogSoftmax is the logarithm of Softmax.
func (b *Builder) LogSoftmax(x *Output, axis int) *Output {
	return b.Add1("LogSoftmax", Attrs{{"axis", strconv.Itoa(axis)}}, x)
}

// CumSum adds up along an axis from the first place on.
func (b *Builder) CumSum(x *Output, axis int64, exclusive, reverse bool) *Output {
	return b.Add1("CumSum", Attrs{{"exclusive", strconv.FormatBool(exclusive)}, {"reverse", strconv.FormatBool(reverse)}}, x, b.Int64(axis))
}

// MVN subtracts the mean over some axes and divides by the standard deviation,
// with eps inside of the root.
func (b *Builder) MVN(x *Output, eps float64, axes ...int64) *Output {
	return b.Add1("MVN", Attrs{{"eps", number(eps)}, {"normalize_variance", "true"}, {"eps_mode", "INSIDE_SQRT"}}, x, b.Int64s(axes...))
}

// NormalizeL2 divides by the length over some axes; eps is added to its square,
// or the least that it may be ("add", "max").
func (b *Builder) NormalizeL2(x *Output, eps float64, mode string, axes ...int64) *Output {
	return b.Add1("NormalizeL2", Attrs{{"eps", number(eps)}, {"eps_mode", mode}}, x, b.Int64s(axes...))
}

// BatchNorm is γ(x−mean)/√(variance+ε)+β for each channel.
func (b *Builder) BatchNorm(x, gamma, beta, mean, variance *Output, epsilon float64) *Output {
	return b.Add1("BatchNormInference", Attrs{{"epsilon", number(epsilon)}}, x, gamma, beta, mean, variance)
}

// ReadValue is what a variable holds: what Assign gave it in the run before,
// at first init.
func (b *Builder) ReadValue(variable string, t ElementType, s Shape, init *Output) *Output {
	a := Attrs{{"variable_id", variable}, {"variable_type", t.String()}, {"variable_shape", s.String()}}
	if init == nil {
		return b.Add1("ReadValue", a)
	}
	return b.Add1("ReadValue", a, init)
}

// Assign gives a variable the value that it has in the next run.
func (b *Builder) Assign(variable string, x *Output) *Output {
	return b.Add1("Assign", Attrs{{"variable_id", variable}}, x)
}
