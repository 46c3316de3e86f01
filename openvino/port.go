package openvino

import (
	"strconv"
	"strings"

	"datum/openvino/internal/capi"
)

// A Port is an input or an output of a model.
type Port struct {
	// Name is the port's name, "" if it has none. Of several it is the first in the
	// order of the alphabet.
	Name    string
	Element ElementType
	Shape   PartialShape
}

// A Dim is one dimension of a shape. It is known where Min and Max are the same; Max
// is Unbounded where any size from Min is possible.
type Dim struct{ Min, Max int64 }

// Unbounded is the upper bound of a dimension that has none.
const Unbounded = -1

// AnyDim is a dimension of which nothing is known.
var AnyDim = Dim{0, Unbounded}

// Static reports whether the dimension is known.
func (d Dim) Static() bool { return d.Min == d.Max }

// String returns the dimension as the runtime writes it: 3, ?, 1..16, 2...
func (d Dim) String() string {
	least := strconv.FormatInt(d.Min, 10)
	switch {
	case d.Static():
		return least
	case d == AnyDim:
		return "?"
	case d.Max == Unbounded:
		return least + ".."
	}
	return least + ".." + strconv.FormatInt(d.Max, 10)
}

// A PartialShape is what is known of a shape. It is nil if not even the number of
// dimensions is known, and empty if it is that of a single number.
type PartialShape []Dim

// ShapeOf returns the shape of the given dimensions, of which -1 is unknown.
func ShapeOf(dims ...int) PartialShape {
	shape := make(PartialShape, len(dims))
	for i, dim := range dims {
		shape[i] = Dim{int64(dim), int64(dim)}
		if dim < 0 {
			shape[i] = AnyDim
		}
	}
	return shape
}

// Static returns the dimensions if all are known.
func (s PartialShape) Static() (dims []int, ok bool) {
	if s == nil {
		return nil, false
	}
	dims = make([]int, len(s))
	for i, dim := range s {
		if !dim.Static() {
			return nil, false
		}
		dims[i] = int(dim.Min)
	}
	return dims, true
}

// String returns the shape as the runtime writes it: [1,3,?,?], and [...] if nothing
// is known.
func (s PartialShape) String() string {
	if s == nil {
		return "[...]"
	}
	parts := make([]string, len(s))
	for i, dim := range s {
		parts[i] = dim.String()
	}
	return "[" + strings.Join(parts, ",") + "]"
}

func (s PartialShape) dims() []capi.Dim {
	dims := make([]capi.Dim, len(s))
	for i, dim := range s {
		dims[i] = capi.Dim(dim)
	}
	return dims
}

func portsOf(list []capi.Port) []Port {
	ports := make([]Port, len(list))
	for i, port := range list {
		ports[i] = Port{Name: port.Name, Element: ElementType(port.Element)}
		if !port.Ranked {
			continue
		}
		ports[i].Shape = make(PartialShape, len(port.Dims))
		for j, dim := range port.Dims {
			ports[i].Shape[j] = Dim(dim)
		}
	}
	return ports
}
