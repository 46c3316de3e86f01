package detection

import (
	"errors"
	"fmt"
	"math"
	"strings"
)

// The errors of what a model puts out.
var (
	// ErrOutput is wrapped where it cannot be boxes.
	ErrOutput = errors.New("the output of the model makes no sense")
	// ErrValue, which matches ErrOutput too, is wrapped where that is because of
	// the numbers in it: other pictures may give better ones. Outputs of a wrong
	// shape are wrong for all of them.
	ErrValue = fmt.Errorf("%w for this picture", ErrOutput)
)

// Port is an input or output of a model. A dimension of its shape is -1 where
// it is not fixed.
type Port struct {
	Names []string
	Shape []int
}

// called reports whether one of the port's names is, or ends in a slash and,
// one of names. Case and what TensorFlow appends (":0") do not count.
func (p *Port) called(names ...string) bool {
	for _, own := range p.Names {
		own, _, _ = strings.Cut(strings.ToLower(own), ":")
		for _, name := range names {
			if own == name || strings.HasSuffix(own, "/"+name) {
				return true
			}
		}
	}
	return false
}

// fits reports whether the shape may be the one given, in which -1 is any size.
func (p *Port) fits(shape ...int) bool {
	if len(p.Shape) != len(shape) {
		return false
	}
	for i, want := range shape {
		if have := p.Shape[i]; want >= 0 && have >= 0 && want != have {
			return false
		}
	}
	return true
}

// String describes the port as in "boxes [1,?,4]".
func (p Port) String() string {
	var b strings.Builder
	if len(p.Names) > 0 {
		b.WriteString(p.Names[0] + " ")
	}
	b.WriteByte('[')
	for i, d := range p.Shape {
		if i > 0 {
			b.WriteByte(',')
		}
		if d < 0 {
			b.WriteByte('?')
		} else {
			fmt.Fprint(&b, d)
		}
	}
	b.WriteByte(']')
	return b.String()
}

// Output is what came out of a model for one picture, in the order of its
// ports, with whole numbers as floats.
type Output struct {
	Name  string
	Shape []int
	Data  []float32
}

// sized checks that an output has the shape given, in which -1 is any size.
func (o *Output) sized(shape ...int) error {
	p := Port{Names: []string{o.Name}, Shape: o.Shape}
	n := 1
	for _, d := range o.Shape {
		if n *= d; d < 0 || d > math.MaxInt32 || n > len(o.Data) {
			n = -1
			break
		}
	}
	if !p.fits(shape...) || n != len(o.Data) {
		return fmt.Errorf("%w: %s where %s was expected", ErrOutput, p, Port{Shape: shape})
	}
	return nil
}

// pick returns the outputs at the places given, after it has checked that they
// are there.
func pick(outputs []Output, places ...int) ([]*Output, error) {
	picked := make([]*Output, len(places))
	for i, at := range places {
		if at >= len(outputs) {
			return nil, fmt.Errorf("%w: there are %d outputs", ErrOutput, len(outputs))
		}
		picked[i] = &outputs[at]
	}
	return picked, nil
}

// notANumber is the error of a row whose numbers are none.
func notANumber(o *Output, row int) error {
	return fmt.Errorf("%w: %s: row %d has a number that is none, or is infinite", ErrValue, o.Name, row)
}

// highestClass is more than any model has.
const highestClass = 1 << 20

// classOf reads a class that is written as a float.
func classOf(o *Output, row int, v float32) (int, error) {
	class := float64(v)
	if !(class >= 0 && class <= highestClass) || class != math.Trunc(class) {
		return 0, fmt.Errorf("%w: %s: row %d has the class %v", ErrValue, o.Name, row, v)
	}
	return int(class), nil
}

func sigmoid(v float64) float64 { return 1 / (1 + math.Exp(-v)) }
