package graph

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
)

func TestElementTypes(t *testing.T) {
	for typ := Dynamic; typ < elementTypes; typ++ {
		if got, ok := ParseElementType(typ.String()); !ok || got != typ {
			t.Errorf("%s: %v", typ, got)
		}
		if byPrecision[typ.Precision()] != typ {
			t.Errorf("%s: %s", typ, typ.Precision())
		}
		if typ.IsReal() && typ.IsInteger() {
			t.Errorf("%s is both", typ)
		}
	}
	if ElementType(200).String() != "invalid" || ElementType(200).Bits() != 0 {
		t.Error("an invalid type")
	}
}

func TestShapes(t *testing.T) {
	for text, want := range map[string]string{
		"": "[]", "1,2,3": "[1,2,3]", "1, 2": "[1,2]", "?,3": "[?,3]", "-1,3": "[?,3]", "1..16,2..,4": "[?,?,4]", "...": "[...]", "[2,3]": "[2,3]", "[...]": "[...]", "0": "[0]",
	} {
		if s, ok := ParseShape(text); !ok || "["+s.String()+"]" != want {
			t.Errorf("%q: %v, %v", text, s, ok)
		}
	}
	for _, text := range []string{"a", "1,", "-3", "1,,2", "99999999999999999999"} {
		if s, ok := ParseShape(text); ok {
			t.Errorf("%q: %v", text, s)
		}
	}
	for _, c := range []struct {
		s     Shape
		count int64
		ok    bool
	}{{Shape{}, 1, true}, {Shape{2, 3}, 6, true}, {Shape{2, 0, math.MaxInt64}, 0, true}, {Shape{-1}, 0, false}, {Shape{math.MaxInt64, 2}, 0, false}, {Unranked(), 0, false}} {
		if n, ok := c.s.Elements(); n != c.count || ok != c.ok {
			t.Errorf("%s: %d, %v", c.s, n, ok)
		}
	}
	if !Unranked().Agrees(Shape{1}) || !(Shape{-1, 2}).Agrees(Shape{3, 2}) || (Shape{1}).Agrees(Shape{1, 1}) || (Shape{1}).Agrees(Shape{2}) {
		t.Error("agreement")
	}
}

func TestAttributes(t *testing.T) {
	a := Attrs{{"i", " 7"}, {"l", "1, 2,3"}, {"e", ""}, {"f", "-1e-3"}, {"b", "True"}, {"t", "f16"}, {"s", "1,?"}, {"x", "x"}}
	if n, err := a.Int("i"); n != 7 || err != nil {
		t.Error(n, err)
	}
	if v, err := a.Ints("l"); len(v) != 3 || v[2] != 3 || err != nil {
		t.Error(v, err)
	}
	if v, err := a.Ints("e"); len(v) != 0 || err != nil {
		t.Error(v, err)
	}
	if f, err := a.Float("f"); f != -0.001 || err != nil {
		t.Error(f, err)
	}
	if v, err := a.Bool("b"); !v || err != nil {
		t.Error(v, err)
	}
	if e, err := a.Element("t"); e != F16 || err != nil {
		t.Error(e, err)
	}
	if s, err := a.Shape("s"); s.String() != "1,?" || err != nil {
		t.Error(s, err)
	}
	for _, name := range []string{"x", "missing"} {
		_, e1 := a.Int(name)
		_, e2 := a.Ints(name)
		_, e3 := a.Float(name)
		_, e4 := a.Bool(name)
		_, e5 := a.Element(name)
		_, e6 := a.Shape(name)
		for i, err := range []error{e1, e2, e3, e4, e5, e6} {
			if err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%d of %s: %v", i, name, err)
			}
		}
	}
	a.Set("i", "8")
	a.Set("new", "9")
	if a.Text("i") != "8" || a[len(a)-1] != (Attr{"new", "9"}) || a.Text("none") != "" {
		t.Error(a)
	}
}

// TestHalfFloats goes through all numbers of half precision, and through the
// numbers between two of them.
func TestHalfFloats(t *testing.T) {
	for h := range 1 << 16 {
		f := F16ToFloat32(uint16(h))
		if back := F16FromFloat32(f); back != uint16(h) && f == f {
			t.Fatalf("%04x is %v and comes back as %04x", h, f, back)
		}
		if f != f && F16FromFloat32(f)&0x7C00 != 0x7C00 {
			t.Fatalf("%04x is not a number, and becomes one", h)
		}
		next := F16ToFloat32(uint16(h + 1))
		if h&0x7FFF >= 0x7BFF || next != next {
			continue
		}
		middle := float32((float64(f) + float64(next)) / 2)
		if got, even := F16FromFloat32(middle), uint16(h+h&1); got != even {
			t.Fatalf("the middle of %v and %v is rounded to %04x and not to %04x", f, next, got, even)
		}
	}
	for f, want := range map[float32]uint16{65519: 0x7BFF, 65520: 0x7C00, 1e30: 0x7C00, -1e30: 0xFC00, 1e-30: 0, 5.9604645e-08: 1} {
		if got := F16FromFloat32(f); got != want {
			t.Errorf("%v: %04x", f, got)
		}
	}
	for f, want := range map[float32]uint16{1: 0x3F80, 1.00390625: 0x3F80, 1.01171875: 0x3F82, -2: 0xC000, 3.4e38: 0x7F80} {
		if got := BF16FromFloat32(f); got != want {
			t.Errorf("%v: %04x", f, got)
		}
	}
	if got := BF16FromFloat32(float32(math.NaN())); got&0x7F80 != 0x7F80 || got&0x7F == 0 {
		t.Errorf("not a number: %04x", got)
	}
}

func TestWeights(t *testing.T) {
	base := []byte("0123456789")
	w := NewWeights(base)
	more := []byte("abc")
	if at := w.Append(more); at != 64 || w.Size() != 67 {
		t.Fatal(at, w.Size())
	}
	got, err := w.Slice(2, 3)
	if err != nil || string(got) != "234" || &got[0] != &base[2] {
		t.Errorf("%q, %v", got, err)
	}
	if got, err = w.Slice(65, 2); err != nil || string(got) != "bc" || &got[0] != &more[1] {
		t.Errorf("%q, %v", got, err)
	}
	for _, r := range [][2]int64{{8, 5}, {66, 2}, {-1, 1}, {0, -1}, {math.MaxInt64, 1}, {1, math.MaxInt64}, {20, 3}} {
		if got, err := w.Slice(r[0], r[1]); err == nil {
			t.Errorf("%v: %q", r, got)
		}
	}
	want := string(base) + strings.Repeat("\x00", 54) + "abc"
	var out bytes.Buffer
	if n, err := w.WriteTo(&out); n != 67 || err != nil || out.String() != want {
		t.Errorf("%d, %v, %q", n, err, out.String())
	}
	if string(w.Bytes()) != want {
		t.Errorf("%q", w.Bytes())
	}
	if b, err := w.Appended(10); err != nil || string(b) != want[10:] {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := w.Appended(68); err == nil {
		t.Error("more than there is")
	}
	if err := w.CopyTo(make([]byte, 3)); err == nil {
		t.Error("too little room")
	}
	if b := NewWeights(base).Bytes(); &b[0] != &base[0] {
		t.Error("bytes were copied without need")
	}
	if _, err := w.WriteTo(failing{}); err == nil {
		t.Error("a failing file was not noticed")
	}
}

type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, errors.New("full") }

func TestWriteFails(t *testing.T) {
	_, m := readModel(t, "testdata/fp16.xml")
	if err := m.Write(failing{}, nil); err == nil {
		t.Error("the text")
	}
	if err := m.Write(&bytes.Buffer{}, failing{}); err == nil {
		t.Error("the weights")
	}
}

// chain is a model of some operations in a row.
func chain(t *testing.T) (*Model, *Builder) {
	t.Helper()
	b := NewBuilder("chain")
	x := b.Parameter("x", F32, 2, 3)
	b.Result(b.Exp(b.Relu(b.Add(x, b.Float32s("bias", Shape{3}, 1, 2, 3)))), "y")
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	return m, b
}

func TestIndexes(t *testing.T) {
	m, b := chain(t)
	if n := m.NodeByName("bias"); n == nil || m.NodeByID(n.ID()) != n || m.NodeByID(99) != nil || m.NodeByName("none") != nil {
		t.Error("nodes")
	}
	y, err := m.Tensor("y")
	if err != nil || y.Node().Type != "Exp" || y.Index() != 0 || len(y.Consumers()) != 1 {
		t.Error(y, err)
	}
	y.Node().SetName("last")
	y.SetNames("z")
	if m.NodeByName("last") != y.Node() {
		t.Error("a new name is not found")
	}
	if _, err := m.Tensor("y"); err == nil {
		t.Error("an old name is found")
	}
	b.Parameter("late", F32)
	if m.NodeByName("late") == nil || len(m.Parameters()) != 2 {
		t.Error("a new node is not found")
	}
	in := y.Node().Input(0)
	if in.Node() != y.Node() || in.Index() != 0 || in.Source().Node().Type != "ReLU" || y.Node().Input(1) != nil || y.Node().Output(1) != nil || y.Node().Source(3) != nil {
		t.Error("ports")
	}
}

func TestRewriting(t *testing.T) {
	m, b := chain(t)
	relu := m.Results()[0].Source(0).Node().Source(0)
	if err := relu.Node().Remove(); err == nil || !strings.Contains(err.Error(), "still read") {
		t.Error(err)
	}
	tanh := b.Tanh(relu.Node().Source(0))
	if err := relu.Replace(tanh); err != nil {
		t.Fatal(err)
	}
	if err := relu.Node().Remove(); err != nil {
		t.Fatal(err)
	}
	if err := relu.Node().Remove(); err != nil { // a second time is nothing
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	if relu.Node().Graph() != m.Graph || m.NodeByID(relu.Node().ID()) != nil {
		t.Error("the removed node is found")
	}
	// What was removed, or lies elsewhere, cannot be read.
	if err := tanh.Node().Input(0).Connect(relu); err == nil {
		t.Error("a removed node is read")
	}
	other, _ := chain(t)
	if err := tanh.Node().Input(0).Connect(other.Results()[0].Source(0)); err == nil {
		t.Error("another graph is read")
	}
	// A circle is found.
	if err := tanh.Node().Input(0).Connect(m.Results()[0].Source(0)); err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err == nil || !strings.Contains(err.Error(), "feeds itself") {
		t.Error(err)
	}
}

func TestInsertAfterKeepsNames(t *testing.T) {
	m, b := chain(t)
	y, _ := m.Tensor("y")
	doubled := b.InsertAfter(y, func(o *Output) *Output { return b.Add(o, o) })
	if got, err := m.Tensor("y"); err != nil || got != doubled || m.Results()[0].Source(0) != doubled || doubled.Node().Source(0) != y {
		t.Error(got, err)
	}
	x, _ := m.Tensor("x")
	b.InsertAfter(x, b.Neg)
	if got, err := m.Tensor("x"); err != nil || got != x || len(x.Consumers()) != 1 {
		t.Error("the input lost its name")
	}
	if _, err := b.Model(); err != nil {
		t.Error(err)
	}
}

func TestPruneAndRepack(t *testing.T) {
	m, b := chain(t)
	big := b.Float32s("unused", Shape{100}, vary(100)...)
	b.Tanh(big)
	b.Assign("v", b.ReadValue("v", F32, Shape{2}, b.Float32s("first", Shape{2}, 1, 2)))
	size := m.Weights().Size()
	if n := m.Prune(); n != 2 {
		t.Errorf("%d nodes were removed", n)
	}
	if m.NodeByName("first") == nil || m.NodeByName("unused") != nil {
		t.Error("the wrong ones")
	}
	if err := m.Repack(); err != nil || m.Weights().Size() >= size {
		t.Errorf("%v, %d bytes of %d", err, m.Weights().Size(), size)
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
	again, err := Parse(m.XML(), m.Weights().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	o, _ := again.Tensor("bias")
	if f, ok := o.KnownFloats(); !ok || fmt.Sprint(f) != "[1 2 3]" {
		t.Error(f)
	}
	// Constants that a model shares stay shared.
	_, fp16 := readModel(t, "testdata/if.xml")
	if err := fp16.Repack(); err != nil || fp16.Validate() != nil {
		t.Error(err)
	}
}

// TestSharedConstants requires that small constants without a name are there
// once, in a graph and in the weights.
func TestSharedConstants(t *testing.T) {
	b := NewBuilder("shared")
	first, second := b.Int64s(1, 2), b.Int64s(1, 2)
	if first != second || b.Int64s(1) == b.Int64(1) || b.Scalar(F32, 0) == b.Scalar(I32, 0) {
		t.Error("constants")
	}
	if b.Float32s("a", Shape{1}, 5) == b.Float32s("b", Shape{1}, 5) {
		t.Error("constants with names are shared")
	}
	size := b.Graph().Weights().Size()
	it := b.Iterate()
	it.Body.Int64s(1, 2)
	if b.Graph().Weights().Size() != size {
		t.Error("the body's constant lies in the weights a second time")
	}
}

func TestForeignOperations(t *testing.T) {
	b := NewBuilder("foreign")
	x := b.Parameter("x", F32, 2, 3)
	n := b.AddForeign("MyOwn", "extension", Attrs{{"a", "1"}}, []OutputType{{F32, Shape{2}}, {I64, Unranked()}}, x)
	b.Result(n.Output(0), "y")
	b.Result(n.Output(1), "z")
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Infer(); err != nil || n.Output(0).String() != "f32 [2]" {
		t.Error(err, n.Output(0))
	}
	again, err := Parse(m.XML(), nil)
	if err != nil {
		t.Fatal(err)
	}
	sameText(t, "foreign", again.XML(), m.XML())
	if z, _ := again.Tensor("z"); z.Shape.Ranked() {
		t.Error("an unknown shape is taken for a number")
	}
}

func TestBuilderOfParts(t *testing.T) {
	m, _ := chain(t)
	if _, err := m.Edit().Model(); !errors.Is(err, ErrModel) {
		t.Error(err)
	}
	if _, err := NewBuilder("empty").Model(); !errors.Is(err, ErrModel) {
		t.Error(err)
	}
	text, _ := ParseTopology(m.XML())
	b := text.Edit()
	if b.Int64(1); !errors.Is(b.Err(), errNoWeights) {
		t.Error(b.Err())
	}
	if err := text.Repack(); !errors.Is(err, errNoWeights) {
		t.Error(err)
	}
}
