package trainer

import "math"

// A Fit is how well the annotation of an object fits what the network makes of it.
type Fit struct {
	// Loss is that of the object alone.
	Loss float32
	// Logit is what the network says of the object's label, Other of the likeliest of
	// the other classes, which is Instead: -1 where there is only one class.
	Logit, Other float32
	Instead      int
	// Apart is how badly its box fits, from 0 to 2: one less the generalised
	// intersection over union. It is 0 of whole pictures.
	Apart float32
}

// FitOf is how well an object of a label fits, where logit says what the network makes
// of each class.
func FitOf(loss float32, label, classes int, logit func(class int) float32) Fit {
	f := Fit{Loss: loss, Logit: logit(label), Other: float32(math.Inf(-1)), Instead: -1}
	for class := range classes {
		if v := logit(class); class != label && v > f.Other {
			f.Other, f.Instead = v, class
		}
	}
	return f
}

// margin is by how much its own label is likelier than any other, and, where there is no
// other, than none.
func (f *Fit) margin() float64 {
	if f.Instead < 0 {
		return float64(f.Logit)
	}
	return float64(f.Logit) - float64(f.Other)
}

// sound reports whether all of it are numbers.
func (f *Fit) sound() bool {
	for _, v := range []float32{f.Loss, f.Logit, f.Apart} {
		if v != v || math.IsInf(float64(v), 0) {
			return false
		}
	}
	return f.Other == f.Other && !math.IsInf(float64(f.Other), 1)
}
