package passes

import (
	"fmt"
	"slices"

	"datum/graph"
)

// A Matrix has its rows one after the other.
type Matrix struct {
	Rows, Columns int64
	Data          []float32
}

// LowRank is what an adapter adds to one weight: Up·Down, where Up has a row
// for each output and Down a column for each input.
type LowRank struct{ Up, Down Matrix }

// An Adapter changes weights by Alpha·Up·Down (LoRA). Its parts are found by
// the names of weights.
type Adapter struct {
	Alpha  float32
	Layers map[string]LowRank
}

// AdapterOptions say how adapters are added.
type AdapterOptions struct {
	// Key makes the name in an adapter of the name of a node; nil leaves it as
	// it is. An empty key stands for no layer.
	Key func(name string) string
	// Beside computes what is added from what comes in, x·Downᵀ·Upᵀ, and leaves
	// the weight alone: for weights of eight bits and less, which would all
	// be unpacked otherwise. Convolutions are changed in either case.
	Beside bool
}

// Applied says what became of the layers of adapters.
type Applied struct {
	Layers  []string // that were found, by their keys
	Missing []string // that no weight is named after
}

// AddAdapters adds adapters to the weights of a model in one pass: the weights
// of a layer become W + Σ αᵢ·Upᵢ·Downᵢ, where OpenVINO computes the sum once,
// when it compiles the model. The parts of all adapters that change one weight
// are joined to one product, so that several cost what one does.
//
// A weight is a constant, or a constant behind a conversion, that a MatMul or
// a Convolution with a window of 1 reads. Matrices are turned round where the
// MatMul has them so.
func AddAdapters(m *graph.Model, adapters []Adapter, o AdapterOptions) (Applied, error) {
	b := m.Edit()
	sums := map[sumOf]*graph.Output{}
	found := map[string]bool{}
	for _, w := range matmulWeights(m.Graph) {
		key, parts := partsOf(w, adapters, o.Key)
		if key == "" {
			continue
		}
		up, down, err := joined(parts)
		if err == nil {
			err = change(b, w, key, up, down, o.Beside, sums)
		}
		if err != nil {
			return Applied{}, fmt.Errorf("the adapter of %q: %w", key, err)
		}
		found[key] = true
	}
	return applied(adapters, found), b.Err()
}

func applied(adapters []Adapter, found map[string]bool) Applied {
	var a Applied
	seen := map[string]bool{}
	for _, ad := range adapters {
		for key := range ad.Layers {
			if seen[key] {
				continue
			}
			seen[key] = true
			if found[key] {
				a.Layers = append(a.Layers, key)
			} else {
				a.Missing = append(a.Missing, key)
			}
		}
	}
	slices.Sort(a.Layers)
	slices.Sort(a.Missing)
	return a
}

// A part is what one adapter has for a weight.
type part struct {
	alpha float32
	LowRank
}

// partsOf finds what adapters have for a weight, by the first of its names
// that one of them knows.
func partsOf(w weight, adapters []Adapter, keyOf func(string) string) (key string, parts []part) {
	for _, name := range w.names {
		if key = name; keyOf != nil {
			key = keyOf(name)
		}
		for _, a := range adapters {
			if l, ok := a.Layers[key]; ok && key != "" {
				parts = append(parts, part{a.Alpha, l})
			}
		}
		if len(parts) > 0 {
			return key, parts
		}
	}
	return "", nil
}

// joined makes one product of several: the columns of all Ups, with their
// factors, and the rows of all Downs.
func joined(parts []part) (up, down Matrix, err error) {
	up.Rows, down.Columns = parts[0].Up.Rows, parts[0].Down.Columns
	for _, p := range parts {
		for _, m := range []Matrix{p.Up, p.Down} {
			if count, ok := (graph.Shape{m.Rows, m.Columns}).Elements(); !ok || count == 0 || int64(len(m.Data)) != count {
				return up, down, fmt.Errorf("%d numbers for %d rows and %d columns", len(m.Data), m.Rows, m.Columns)
			}
		}
		if p.Up.Columns != p.Down.Rows || p.Up.Rows != up.Rows || p.Down.Columns != down.Columns {
			return up, down, fmt.Errorf("matrices of %d×%d and %d×%d for a weight of %d×%d", p.Up.Rows, p.Up.Columns, p.Down.Rows, p.Down.Columns, up.Rows, down.Columns)
		}
		up.Columns += p.Up.Columns
		down.Data = append(down.Data, p.Down.Data...)
	}
	down.Rows = up.Columns
	for row := range up.Rows {
		for _, p := range parts {
			for _, v := range p.Up.Data[row*p.Up.Columns : (row+1)*p.Up.Columns] {
				up.Data = append(up.Data, p.alpha*v)
			}
		}
	}
	return up, down, nil
}

// A sumOf is a changed weight, which several operations may read: the weight,
// the layer whose change was added, and whether it was turned round for that.
type sumOf struct {
	weight *graph.Output
	key    string
	turned bool
}

// change adds a product to a weight.
func change(b *graph.Builder, w weight, key string, up, down Matrix, beside bool, sums map[sumOf]*graph.Output) error {
	n, o := w.reader.Node(), w.reader.Source()
	turned, err := fits(w, up, down)
	if err != nil {
		return err
	}
	if n.Graph() != b.Graph() {
		b = n.Graph().Edit()
	}
	if beside && n.Type == "MatMul" && w.reader.Index() == 1 {
		return addBeside(b, n, up, down)
	}
	at := sumOf{o, key, turned}
	if sums[at] == nil {
		if sums[at], err = changed(b, o, up, down, turned); err != nil {
			return err
		}
	}
	return w.reader.Connect(sums[at])
}

// changed is the sum of a weight and a product.
func changed(b *graph.Builder, o *graph.Output, up, down Matrix, turned bool) (*graph.Output, error) {
	name := o.Node().Name()
	u := b.Float32s(name+".lora_up", graph.Shape{up.Rows, up.Columns}, up.Data...)
	d := b.Float32s(name+".lora_down", graph.Shape{down.Rows, down.Columns}, down.Data...)
	delta := b.MatMul(u, d, false, false)
	if turned {
		delta = b.MatMul(d, u, true, true)
	}
	if len(o.Shape) > 2 {
		delta = b.Reshape(delta, o.Shape...)
	}
	sum := b.Name(b.Add(o, b.Convert(delta, o.Element)), name+".lora")
	return sum, b.Err()
}

// fits compares a product with a weight, and reports whether it has to be
// turned round.
func fits(w weight, up, down Matrix) (turned bool, err error) {
	n, s := w.reader.Node(), w.reader.Source().Shape
	rows, columns := up.Rows, down.Columns
	if n.Type == "Convolution" {
		if len(s) < 2 || s[0] != rows || s[1] != columns || slices.ContainsFunc(s[2:], func(d int64) bool { return d != 1 }) {
			return false, fmt.Errorf("a change of %d×%d for filters of [%s], which must have a window of 1", rows, columns, s)
		}
		return false, nil
	}
	// A weight on the right has its outputs first where it is transposed; on
	// the left it is the other way round.
	name := "transpose_b"
	if w.reader.Index() == 0 {
		name = "transpose_a"
	}
	transposed, _ := n.Attrs.Bool(name)
	turned = transposed == (w.reader.Index() == 0)
	if turned {
		rows, columns = columns, rows
	}
	if len(s) < 2 || s[len(s)-2] != rows || s[len(s)-1] != columns {
		return false, fmt.Errorf("a change of %d×%d for a weight of [%s]", up.Rows, down.Columns, s)
	}
	if len(s) > 2 {
		if count, ok := s.Elements(); !ok || count != rows*columns {
			return false, fmt.Errorf("a change of %d×%d for weights of [%s]", up.Rows, down.Columns, s)
		}
	}
	return turned, nil
}

// addBeside adds x·Downᵀ·Upᵀ to the product of a MatMul.
func addBeside(b *graph.Builder, n *graph.Node, up, down Matrix) error {
	x := n.Source(0)
	turnedX, _ := n.Attrs.Bool("transpose_a")
	name := n.Name()
	u := b.Convert(b.Float32s(name+".lora_up", graph.Shape{up.Rows, up.Columns}, up.Data...), x.Element)
	d := b.Convert(b.Float32s(name+".lora_down", graph.Shape{down.Rows, down.Columns}, down.Data...), x.Element)
	b.InsertAfter(n.Output(0), func(y *graph.Output) *graph.Output {
		return b.Add(y, b.MatMul(b.MatMul(x, d, turnedX, true), u, false, true))
	})
	return b.Err()
}
