package graph

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"datum/formats"
)

const (
	constLayer = `<layer id="1" name="c" type="Const" version="opset1"><data element_type="f32" shape="2" offset="0" size="8" /><output><port id="0" precision="FP32"><dim>2</dim></port></output></layer>`
	paramLayer = `<layer id="0" name="x" type="Parameter" version="opset1"><data shape="2" element_type="f32" /><output><port id="0" precision="FP32"><dim>2</dim></port></output></layer>`
	addLayer   = `<layer id="2" name="a" type="Add" version="opset1"><data auto_broadcast="numpy" /><input><port id="0" precision="FP32"><dim>2</dim></port><port id="1" precision="FP32"><dim>2</dim></port></input><output><port id="2" precision="FP32"><dim>2</dim></port></output></layer>`
	addEdges   = `<edge from-layer="0" from-port="0" to-layer="2" to-port="0" /><edge from-layer="1" from-port="0" to-layer="2" to-port="1" />`
)

// small is a model of two added vectors.
func small(layers, edges string) string {
	return "<?xml version=\"1.0\"?>\n<net name=\"m\" version=\"11\">\n<layers>\n" + layers + "\n</layers>\n<edges>" + edges + "</edges>\n<rt_info /></net>\n"
}

func TestHostileModels(t *testing.T) {
	fine := small(paramLayer+constLayer+addLayer, addEdges)
	if _, err := Parse([]byte(fine), make([]byte, 8)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ old, new, want string }{
		"no model":               {"<net", "<not", "no OpenVINO model"},
		"old":                    {`version="11"`, `version="7"`, "line 2: version \"7\""},
		"an id twice":            {`id="1" name="c"`, `id="0" name="c"`, `line 4: layer "c": the id 0 was taken by layer "x"`},
		"no id":                  {`id="1" name="c"`, `name="c"`, "without id"},
		"a negative id":          {`id="1" name="c"`, `id="-1" name="c"`, "negative"},
		"a large id":             {`id="1" name="c"`, `id="99999999999" name="c"`, "no number"},
		"outside":                {`offset="0"`, `offset="1"`, `layer "c": 8 bytes at 1 are outside of the weights, which have 8`},
		"a negative offset":      {`offset="0"`, `offset="-8"`, "outside"},
		"an overflow":            {`offset="0"`, `offset="9223372036854775800"`, "outside"},
		"another size":           {`size="8"`, `size="4"`, "has 4 bytes in the file and not 8"},
		"a huge shape":           {`shape="2" offset`, `shape="4611686018427387904,4611686018427387904" offset`, "a constant of the shape"},
		"a shape of bits":        {`element_type="f32" shape="2" offset`, `element_type="f32" shape="2305843009213693953" offset`, "bytes"},
		"no shape":               {`shape="2" offset`, `offset`, `the attribute "shape" is missing`},
		"a dynamic constant":     {`shape="2" offset`, `shape="?" offset`, "a constant of the shape ?"},
		"an unknown type":        {`element_type="f32" shape="2" offset`, `element_type="f31" shape="2" offset`, "no element type"},
		"an unknown precision":   {`<port id="0" precision="FP32"><dim>2</dim></port></output></layer><layer id="2"`, `<port id="0" precision="FP31"><dim>2</dim></port></output></layer><layer id="2"`, `"FP31" is not known`},
		"no precision":           {`<port id="2" precision="FP32">`, `<port id="2">`, "without id or precision"},
		"a port twice":           {`<port id="1" precision="FP32"><dim>2</dim></port></input>`, `<port id="0" precision="FP32"><dim>2</dim></port></input>`, "the input port 0 is there twice"},
		"a dimension of letters": {`<dim>2</dim></port></output></layer><layer id="2"`, `<dim>x</dim></port></output></layer><layer id="2"`, `the dimension "x"`},
		"a negative dimension":   {`<dim>2</dim></port></output></layer><layer id="2"`, `<dim>-3</dim></port></output></layer><layer id="2"`, `the dimension "-3"`},
		"an empty dimension":     {`<dim>2</dim></port></output></layer><layer id="2"`, `<dim></dim></port></output></layer><layer id="2"`, "empty dimension"},
		"a missing layer":        {`from-layer="1"`, `from-layer="9"`, "of which one does not exist"},
		"a missing output port":  {`from-layer="1" from-port="0"`, `from-layer="1" from-port="7"`, `layer "c" has no output port 7`},
		"a missing input port":   {`to-layer="2" to-port="1"`, `to-layer="2" to-port="9"`, `layer "a" has no input port 9`},
		"an input fed twice":     {`to-layer="2" to-port="1"`, `to-layer="2" to-port="0"`, "two edges"},
		"an input not fed":       {`<edge from-layer="1" from-port="0" to-layer="2" to-port="1" />`, ``, `layer "a": nothing feeds its input 1`},
		"a circle":               {`from-layer="1" from-port="0" to-layer="2"`, `from-layer="2" from-port="2" to-layer="2"`, "feeds itself"},
		"an unknown edge":        {`<edge from-layer="1"`, `<edge weight="1" from-layer="1"`, "weight"},
		"text":                   {"<layers>", "<layers>text", `where elements are expected`},
		"more after it":          {"</net>", "</net><net/>", "a second root"},
		"layers twice":           {"</layers>", "</layers><layers></layers>", "a second <layers>"},
		"not closed":             {"</net>", "", ""},
		"a result of nothing":    {`type="Add"`, `type="Result"`, "a result with 2 inputs"},
		"a map without a body":   {`<data auto_broadcast="numpy" />`, `<port_map><input external_port_id="0" internal_layer_id="0" /></port_map>`, "without its body"},
		"an empty body":          {`<data auto_broadcast="numpy" />`, `<port_map><input external_port_id="0" internal_layer_id="5" /></port_map><body></body>`, "layer 5 of its body"},
		"two bodies":             {`<data auto_broadcast="numpy" />`, `<body></body><body></body>`, "a second <body>"},
		"deep":                   {`<rt_info />`, strings.Repeat("<a>", 100) + strings.Repeat("</a>", 100), ""},
	} {
		t.Run(name, func(t *testing.T) {
			text := strings.Replace(fine, c.old, c.new, 1)
			if text == fine {
				t.Fatal("nothing was changed")
			}
			_, err := Parse([]byte(text), make([]byte, 8))
			var at *Error
			if !errors.Is(err, ErrModel) || !errors.Is(err, formats.ErrCorrupt) || !errors.As(err, &at) || at.Line == 0 || !strings.Contains(err.Error(), c.want) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestCutModels requires that no part of a model is taken for a whole one.
func TestCutModels(t *testing.T) {
	for _, path := range frozen(t) {
		text, m := readModel(t, path)
		for n := 0; n < len(text)-1; n += 1 + len(text)/300 {
			if _, err := Parse(text[:n], m.Weights().Bytes()); !errors.Is(err, ErrModel) {
				t.Fatalf("%s: %d of %d bytes: %v", path, n, len(text), err)
			}
		}
	}
}

// TestLateCircle requires that a circle in a large model is found, with its
// place.
func TestLateCircle(t *testing.T) {
	var layers, edges strings.Builder
	const n = 5000
	for i := range n {
		fmt.Fprintf(&layers, `<layer id="%d" name="n%d" type="ReLU" version="opset1"><input><port id="0" precision="FP32"/></input><output><port id="1" precision="FP32"/></output></layer>`, i, i)
		fmt.Fprintf(&edges, `<edge from-layer="%d" from-port="1" to-layer="%d" to-port="0"/>`, (i+n-1)%n, i)
	}
	_, err := Parse([]byte(small(layers.String(), edges.String())), nil)
	if !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), `layer "n0": it feeds itself`) {
		t.Error(err)
	}
}

func TestWithoutWeights(t *testing.T) {
	m, err := ParseTopology([]byte(small(paramLayer+constLayer+addLayer, addEdges)))
	if err != nil {
		t.Fatal(err)
	}
	o, err := m.Tensor("c")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := o.Data(); !errors.Is(err, errNoWeights) {
		t.Error(err)
	}
	if _, err := m.Tensor("no"); err == nil {
		t.Error("found")
	}
}

// FuzzParse requires that what is read is written in a form that is read as
// the same again, and that checking it and inferring its shapes end well.
func FuzzParse(f *testing.F) {
	for _, path := range frozen(f) {
		text, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(small(paramLayer+constLayer+addLayer, addEdges)))
	for name, build := range operations() {
		b := NewBuilder(name)
		build(b)
		m, err := b.Model()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(m.XML())
	}
	weights := make([]byte, 1<<16)
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := Parse(text, weights)
		if err != nil {
			if !errors.Is(err, ErrModel) {
				t.Fatal(err)
			}
			return
		}
		first := m.XML()
		again, err := Parse(first, weights)
		if err != nil {
			t.Fatalf("%v\n%s", err, first)
		}
		if second := again.XML(); !bytes.Equal(first, second) {
			t.Fatalf("%s\n\n%s", first, second)
		}
		for _, err := range []error{m.Validate(), m.Infer()} {
			if err != nil && !errors.Is(err, ErrModel) {
				t.Fatal(err)
			}
		}
		m.Prune()
		if _, err := Parse(m.XML(), weights); err != nil {
			t.Fatal(err)
		}
	})
}

// TestManyPorts reads an operation with more ports than could be searched one by
// one for each edge, and finds numbers that are there twice.
func TestManyPorts(t *testing.T) {
	text := func(numbers []int) []byte {
		ports, edges := "", ""
		for i, id := range numbers {
			ports += fmt.Sprintf(`<port id="%d" precision="FP32"/>`, id)
			edges += fmt.Sprintf(`<edge from-layer="0" from-port="%d" to-layer="1" to-port="%d"/>`, id, numbers[len(numbers)-1-i])
		}
		return []byte(`<net name="many" version="11"><layers><layer id="0" name="a" type="A"><output>` + ports +
			`</output></layer><layer id="1" name="b" type="B"><input>` + ports + `</input></layer></layers><edges>` + edges + `</edges></net>`)
	}
	for _, count := range []int{2, 16, 17, 18, 2000} {
		numbers := rand.New(rand.NewPCG(1, 2)).Perm(count)
		m, err := ParseTopology(text(numbers))
		if err != nil {
			t.Fatal(err)
		}
		a, b := m.NodeByName("a"), m.NodeByName("b")
		for i := range numbers {
			if b.Source(i) != a.Output(count-1-i) {
				t.Fatalf("of %d: input %d reads %d", count, i, b.Source(i).Index())
			}
		}
		for _, at := range []int{0, (count - 1) / 2, count - 2} {
			wrong := slices.Clone(numbers)
			wrong[count-1] = wrong[at]
			if _, err := ParseTopology(text(wrong)); err == nil || !strings.Contains(err.Error(), "is there twice") {
				t.Errorf("of %d, %d twice: %v", count, at, err)
			}
		}
	}
}
