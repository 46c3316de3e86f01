package graph

import "strconv"

func (b *Builder) binary(typ string, x, y *Output) *Output {
	return b.Add1(typ, Attrs{{"auto_broadcast", "numpy"}}, x, y)
}

// Add adds two tensors element by element. Here and in the methods below,
// dimensions of 1 and missing ones at the front go with any.
func (b *Builder) Add(x, y *Output) *Output { return b.binary("Add", x, y) }

// Sub is x−y.
func (b *Builder) Sub(x, y *Output) *Output { return b.binary("Subtract", x, y) }

// Mul is x·y.
func (b *Builder) Mul(x, y *Output) *Output { return b.binary("Multiply", x, y) }

// Div is x/y; integers are rounded down.
func (b *Builder) Div(x, y *Output) *Output {
	return b.Add1("Divide", Attrs{{"auto_broadcast", "numpy"}, {"m_pythondiv", "true"}}, x, y)
}

// Pow is x to the power of y.
func (b *Builder) Pow(x, y *Output) *Output { return b.binary("Power", x, y) }

// Maximum is the greater of x and y.
func (b *Builder) Maximum(x, y *Output) *Output { return b.binary("Maximum", x, y) }

// Minimum is the lesser of x and y.
func (b *Builder) Minimum(x, y *Output) *Output { return b.binary("Minimum", x, y) }

// SquaredDifference is (x−y)².
func (b *Builder) SquaredDifference(x, y *Output) *Output {
	return b.binary("SquaredDifference", x, y)
}

// Mod is what is left of x/y, with the sign of x.
func (b *Builder) Mod(x, y *Output) *Output { return b.binary("Mod", x, y) }

// FloorMod is what is left of x/y, with the sign of y.
func (b *Builder) FloorMod(x, y *Output) *Output { return b.binary("FloorMod", x, y) }

// Equal is x=y.
func (b *Builder) Equal(x, y *Output) *Output { return b.binary("Equal", x, y) }

// NotEqual is x≠y.
func (b *Builder) NotEqual(x, y *Output) *Output { return b.binary("NotEqual", x, y) }

// Greater is x>y.
func (b *Builder) Greater(x, y *Output) *Output { return b.binary("Greater", x, y) }

// GreaterEqual is x≥y.
func (b *Builder) GreaterEqual(x, y *Output) *Output { return b.binary("GreaterEqual", x, y) }

// Less is x<y.
func (b *Builder) Less(x, y *Output) *Output { return b.binary("Less", x, y) }

// LessEqual is x≤y.
func (b *Builder) LessEqual(x, y *Output) *Output { return b.binary("LessEqual", x, y) }

// And is true where both are.
func (b *Builder) And(x, y *Output) *Output { return b.binary("LogicalAnd", x, y) }

// Or is true where one is.
func (b *Builder) Or(x, y *Output) *Output { return b.binary("LogicalOr", x, y) }

// Xor is true where one is and the other is not.
func (b *Builder) Xor(x, y *Output) *Output { return b.binary("LogicalXor", x, y) }

// Not is true where x is not.
func (b *Builder) Not(x *Output) *Output { return b.Add1("LogicalNot", nil, x) }

// Unary adds an operation of one input without attributes, such as "Exp".
func (b *Builder) Unary(typ string, x *Output) *Output { return b.Add1(typ, nil, x) }

// Relu is max(x, 0).
func (b *Builder) Relu(x *Output) *Output { return b.Unary("ReLU", x) }

// Sigmoid is 1/(1+e^−x).
func (b *Builder) Sigmoid(x *Output) *Output { return b.Unary("Sigmoid", x) }

// Tanh is the hyperbolic tangent.
func (b *Builder) Tanh(x *Output) *Output { return b.Unary("Tanh", x) }

// Exp is e^x.
func (b *Builder) Exp(x *Output) *Output { return b.Unary("Exp", x) }

// Log is the natural logarithm.
func (b *Builder) Log(x *Output) *Output { return b.Unary("Log", x) }

// Sqrt is the square root.
func (b *Builder) Sqrt(x *Output) *Output { return b.Unary("Sqrt", x) }

// Abs is |x|.
func (b *Builder) Abs(x *Output) *Output { return b.Unary("Abs", x) }

// Neg is −x.
func (b *Builder) Neg(x *Output) *Output { return b.Unary("Negative", x) }

// Sign is −1, 0 or 1.
func (b *Builder) Sign(x *Output) *Output { return b.Unary("Sign", x) }

// Floor rounds down.
func (b *Builder) Floor(x *Output) *Output { return b.Unary("Floor", x) }

// Ceiling rounds up.
func (b *Builder) Ceiling(x *Output) *Output { return b.Unary("Ceiling", x) }

// Round rounds to the nearest, halves to even.
func (b *Builder) Round(x *Output) *Output {
	return b.Add1("Round", Attrs{{"mode", "half_to_even"}}, x)
}

// Sin is the sine.
func (b *Builder) Sin(x *Output) *Output { return b.Unary("Sin", x) }

// Cos is the cosine.
func (b *Builder) Cos(x *Output) *Output { return b.Unary("Cos", x) }

// Erf is the error function.
func (b *Builder) Erf(x *Output) *Output { return b.Unary("Erf", x) }

// SoftPlus is log(1+e^x).
func (b *Builder) SoftPlus(x *Output) *Output { return b.Unary("SoftPlus", x) }

// Mish is x·tanh(softplus(x)).
func (b *Builder) Mish(x *Output) *Output { return b.Unary("Mish", x) }

// HSwish is x·min(max(x+3, 0), 6)/6.
func (b *Builder) HSwish(x *Output) *Output { return b.Unary("HSwish", x) }

// HSigmoid is min(max(x+3, 0), 6)/6.
func (b *Builder) HSigmoid(x *Output) *Output { return b.Unary("HSigmoid", x) }

// Swish is x·sigmoid(x).
func (b *Builder) Swish(x *Output) *Output { return b.Unary("Swish", x) }

// SwishBeta is x·sigmoid(βx).
func (b *Builder) SwishBeta(x, beta *Output) *Output { return b.Add1("Swish", nil, x, beta) }

// Gelu is x·Φ(x), or the usual approximation of it with tanh.
func (b *Builder) Gelu(x *Output, approximate bool) *Output {
	mode := "ERF"
	if approximate {
		mode = "TANH"
	}
	return b.Add1("Gelu", Attrs{{"approximation_mode", mode}}, x)
}

// Elu is x where that is positive and α(e^x−1) elsewhere.
func (b *Builder) Elu(x *Output, alpha float64) *Output {
	return b.Add1("Elu", Attrs{{"alpha", number(alpha)}}, x)
}

// Clamp is x between low and high.
func (b *Builder) Clamp(x *Output, low, high float64) *Output {
	return b.Add1("Clamp", Attrs{{"min", number(low)}, {"max", number(high)}}, x)
}

// PRelu is x where that is positive and slope·x elsewhere.
func (b *Builder) PRelu(x, slope *Output) *Output { return b.Add1("PReLU", nil, x, slope) }

// HardSigmoid is max(0, min(1, αx+β)).
func (b *Builder) HardSigmoid(x, alpha, beta *Output) *Output {
	return b.Add1("HardSigmoid", nil, x, alpha, beta)
}

// Select is x where the condition is true, else y.
func (b *Builder) Select(condition, x, y *Output) *Output {
	return b.Add1("Select", Attrs{{"auto_broadcast", "numpy"}}, condition, x, y)
}

// FakeQuantize rounds x to levels steps between the limits of the input, as
// numbers between those of the output.
func (b *Builder) FakeQuantize(x, inLow, inHigh, outLow, outHigh *Output, levels int) *Output {
	return b.Add1("FakeQuantize", Attrs{{"levels", strconv.Itoa(levels)}, {"auto_broadcast", "numpy"}}, x, inLow, inHigh, outLow, outHigh)
}

// Convert changes the type of the elements.
func (b *Builder) Convert(x *Output, t ElementType) *Output {
	if x != nil && x.Element == t && x != b.none {
		return x
	}
	return b.Add1("Convert", Attrs{{"destination_type", t.String()}}, x)
}

// ConvertLike changes the type of x to that of y.
func (b *Builder) ConvertLike(x, y *Output) *Output { return b.Add1("ConvertLike", nil, x, y) }

// number writes a number as an attribute.
func number(v float64) string { return strconv.FormatFloat(v, 'g', -1, 64) }
