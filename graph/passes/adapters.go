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
// MatMul has them so. An adapter that is named after a MatMul changes what that
// one reads and nothing else. One that is named after the weight changes it for
// every MatMul and Convolution; where they read it in both directions, its size
// has to tell which one is meant. Who else reads the weight, such as a Gather
// of tied embeddings, keeps it as it was.
//
// Numbers that are not finite, and sums that the type of the weight does not hold,
// are an error.
func AddAdapters(m *graph.Model, adapters []Adapter, o AdapterOptions) (Applied, error) {
	b := m.Edit()
	sums := map[sumOf]*graph.Output{}
	found := map[string]bool{}
	changes := changesOf(m, adapters, o.Key)
	for _, c := range changes {
		err := c.err
		if err == nil {
			err = c.settle(changes)
		}
		if err == nil {
			err = c.add(b, o.Beside, sums)
		}
		if err != nil {
			return Applied{}, fmt.Errorf("the adapter of %q: %w", c.key, err)
		}
		found[c.key] = true
	}
	return applied(adapters, found), b.Err()
}

// A change is a product to be added to what an operation reads.
type change struct {
	weight
	from     *graph.Output // the weight, before anything is changed
	key      string
	own      bool // it is named after the operation, not after the weight
	up, down Matrix
	turned   bool // the product has to be turned round
	against  bool // the operation reads it in the other direction than its size says
	misfit   error
	err      error
}

// changesOf finds the changes of a model.
func changesOf(m *graph.Model, adapters []Adapter, keyOf func(string) string) []*change {
	var list []*change
	for _, w := range matmulWeights(m.Graph) {
		c := &change{weight: w, from: w.reader.Source()}
		var parts []part
		if c.key, c.own, parts = partsOf(w, adapters, keyOf); c.key == "" {
			continue
		}
		if c.up, c.down, c.err = joined(parts); c.err == nil {
			c.turned, c.misfit = fits(w, c.up, c.down)
		}
		list = append(list, c)
	}
	return list
}

// settle finds which way a change lies that several operations share.
func (c *change) settle(all []*change) error {
	if c.own {
		return c.misfit
	}
	for _, other := range all {
		if unconverted(other.from) != unconverted(c.from) || other.key != c.key || other.own || other.misfit != nil {
			continue
		}
		if c.misfit == nil && other.turned != c.turned {
			return fmt.Errorf("%q reads the weight in one direction and %q in the other, and a change of %d×%d fits both: it has to be named after one of them",
				c.reader.Node().Name(), other.reader.Node().Name(), c.up.Rows, c.down.Columns)
		}
		if c.misfit != nil {
			c.turned, c.misfit = other.turned, nil
			c.against = true
		}
	}
	return c.misfit
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

// unconverted is what a weight is before it is converted.
func unconverted(o *graph.Output) *graph.Output {
	for o.Node().Type == "Convert" && o.Node().Source(0) != nil {
		o = o.Node().Source(0)
	}
	return o
}

// partsOf finds what adapters have for a weight, by the first of its names
// that one of them knows.
func partsOf(w weight, adapters []Adapter, keyOf func(string) string) (key string, own bool, parts []part) {
	for i, name := range w.names {
		if key = name; keyOf != nil {
			key = keyOf(name)
		}
		for _, a := range adapters {
			if l, ok := a.Layers[key]; ok && key != "" {
				parts = append(parts, part{a.Alpha, l})
			}
		}
		if len(parts) > 0 {
			return key, i >= w.ofWeight, parts
		}
	}
	return "", false, nil
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
	if slices.ContainsFunc(up.Data, notFinite) || slices.ContainsFunc(down.Data, notFinite) {
		return up, down, fmt.Errorf("it has numbers that are not finite")
	}
	return up, down, nil
}

func notFinite(v float32) bool { return v-v != 0 }

// A sumOf is a changed weight, which several operations may read: the weight,
// the layer whose change was added, and whether it was turned round for that.
type sumOf struct {
	weight *graph.Output
	key    string
	turned bool
}

// add adds the product to the weight.
func (c *change) add(b *graph.Builder, beside bool, sums map[sumOf]*graph.Output) (err error) {
	n := c.reader.Node()
	if n.Graph() != b.Graph() {
		b = n.Graph().Edit()
	}
	if beside && n.Type == "MatMul" && c.reader.Index() == 1 {
		return c.addBeside(b, n)
	}
	at := sumOf{c.from, c.key, c.turned}
	if sums[at] == nil {
		if err := holds(c.from, c.up, c.down, c.turned); err != nil {
			return err
		}
		if sums[at], err = changed(b, c.from, c.up, c.down, c.turned); err != nil {
			return err
		}
	}
	return c.reader.Connect(sums[at])
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

// addBeside adds x·Downᵀ·Upᵀ to the product of a MatMul; x·Up·Down where it reads
// the weight in the other direction.
func (c *change) addBeside(b *graph.Builder, n *graph.Node) error {
	x, up, down := n.Source(0), c.up, c.down
	for _, m := range []Matrix{up, down} {
		if graph.Overflows(x.Element, m.Data) > 0 {
			return fmt.Errorf("it has numbers that %s does not hold", x.Element)
		}
	}
	turnedX, _ := n.Attrs.Bool("transpose_a")
	name := n.Name()
	u := b.Convert(b.Float32s(name+".lora_up", graph.Shape{up.Rows, up.Columns}, up.Data...), x.Element)
	d := b.Convert(b.Float32s(name+".lora_down", graph.Shape{down.Rows, down.Columns}, down.Data...), x.Element)
	b.InsertAfter(n.Output(0), func(y *graph.Output) *graph.Output {
		if c.against {
			return b.Add(y, b.MatMul(b.MatMul(x, u, turnedX, false), d, false, false))
		}
		return b.Add(y, b.MatMul(b.MatMul(x, d, turnedX, true), u, false, true))
	})
	return b.Err()
}
