package graph

import (
	"strings"
	"testing"
)

func TestBodies(t *testing.T) {
	_, m := readModel(t, "testdata/ti.xml")
	var n *Node
	m.Each(func(x *Node) {
		if x.Type == "TensorIterator" {
			n = x
		}
	})
	if n == nil || len(n.Bodies()) != 1 {
		t.Fatal("no body")
	}
	b := n.Bodies()[0]
	if b.Owner() != n || m.Owner() != nil || b.Weights() != m.Weights() || len(b.Parameters()) != 2 || len(b.Results()) != 2 {
		t.Error("the body")
	}
	sliced, state := b.InputOf(b.Parameters()[0]), b.InputOf(b.Parameters()[1])
	if sliced == nil || sliced.External != 0 || sliced.Slice == nil || *sliced.Slice != (Slicing{1, 0, -1, 1, 1}) || sliced.Slice.Rounds(5) != 5 {
		t.Errorf("%+v", sliced)
	}
	if state == nil || state.External != 1 || state.Slice != nil || b.InputOf(b.Results()[0]) != nil {
		t.Errorf("%+v", state)
	}
	if len(b.Back) != 1 || b.Back[0].To != b.Parameters()[1] || b.OutputOf(b.Back[0].From).External != 0 {
		t.Errorf("%+v", b.Back)
	}
}

func TestRounds(t *testing.T) {
	for _, c := range []struct {
		s         Slicing
		dim, want int64
	}{
		{Slicing{0, 0, -1, 1, 1}, 7, 7}, {Slicing{0, -1, 0, -1, 1}, 7, 7}, {Slicing{0, 0, -1, 2, 2}, 8, 4}, {Slicing{0, 1, 4, 1, 1}, 7, 3}, {Slicing{0, 0, -1, 1, 1}, -1, -1},
		{Slicing{0, 0, -1, 0, 1}, 7, -1}, {Slicing{0, 0, -1, 1, 0}, 7, -1}, {Slicing{0, 0, -1, 1, 9}, 7, -1},
	} {
		if got := c.s.Rounds(c.dim); got != c.want {
			t.Errorf("%+v of %d: %d, and not %d", c.s, c.dim, got, c.want)
		}
	}
}

// TestShapesReachBodies changes the batch of a model with a body, and sees the
// new one inside and behind it; nothing but shapes changes in the text.
func TestShapesReachBodies(t *testing.T) {
	for _, name := range []string{"ti", "if", "loop"} {
		_, m := readModel(t, "testdata/"+name+".xml")
		for _, p := range m.Parameters() {
			s := p.Output(0).Shape.Clone()
			if len(s) == 0 {
				continue
			}
			s[0] = 17
			p.Attrs.Set("shape", s.String())
		}
		if err := m.Infer(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if err := m.Validate(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, r := range m.Results() {
			if s := r.Source(0).Shape; s[0]%17 != 0 {
				t.Errorf("%s: an output has the shape [%s]", name, s)
			}
		}
		inside := 0
		m.Each(func(n *Node) {
			if n.Type == "Parameter" && n.Graph() != m.Graph && strings.HasPrefix(n.Attrs.Text("shape"), "17,") {
				inside++
			}
		})
		if inside == 0 {
			t.Errorf("%s: the body does not know", name)
		}
	}
}

// TestInferenceKeepsTexts requires that inferring what is right changes no
// byte, bounds of dimensions included.
func TestInferenceKeepsTexts(t *testing.T) {
	for _, path := range frozen(t) {
		text, m := readModel(t, path)
		if err := m.Infer(); err != nil {
			t.Fatal(err)
		}
		sameText(t, path, m.XML(), text)
	}
}

func TestMeta(t *testing.T) {
	_, m := readModel(t, "testdata/fp16.xml")
	var marked *Node
	for _, n := range m.Nodes() {
		if n.Info("decompression") != nil {
			marked = n
		}
		if n.Info("none") != nil {
			t.Error("found what is not there")
		}
	}
	if marked == nil || marked.Type != "Convert" {
		t.Error("the mark of half precision")
	}
	// What a model says of itself stays as it is, elements, attributes and
	// texts.
	text := strings.Replace(small(paramLayer+constLayer+addLayer, addEdges), "<rt_info />", `<rt_info><a b="1&amp;&lt;&quot;&#10;"><c>text &lt;&amp; 中文</c><d /></a></rt_info><more x="y" />`, 1)
	m, err := Parse([]byte(text), make([]byte, 8))
	if err != nil {
		t.Fatal(err)
	}
	again, err := Parse(m.XML(), make([]byte, 8))
	if err != nil {
		t.Fatal(err)
	}
	sameText(t, "meta", again.XML(), m.XML())
	for _, want := range []string{`<a b="1&amp;&lt;&quot;&#10;">`, "<c>text &lt;&amp; 中文</c>", "<d />", `<more x="y" />`} {
		if !strings.Contains(string(m.XML()), want) {
			t.Errorf("%s is lost", want)
		}
	}
	for _, bad := range []string{"<a>text<b /></a>", "<a b='1' b='2' />", "<a>&bad;</a>", "<a b=1 />"} {
		if _, err := Parse([]byte(strings.Replace(text, "<more", bad+"<more", 1)), make([]byte, 8)); err == nil {
			t.Errorf("%s was read", bad)
		}
	}
}

// TestOlderFiles reads version 10, whose layers have more and less than those
// of today.
func TestOlderFiles(t *testing.T) {
	text := strings.Replace(small(paramLayer+constLayer+addLayer, addEdges), `version="11"`, `version="10"`, 1)
	text = strings.Replace(text, ` version="opset1"><data auto_broadcast="numpy" />`, `><rt_info><attribute name="fused_names" value="a" version="0" /></rt_info>`, 1)
	text = strings.Replace(text, "<rt_info />", "<meta_data><MO_version value=\"2021\" /></meta_data>", 1)
	m, err := Parse([]byte(text), make([]byte, 8))
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Error(err)
	}
	again, err := Parse(m.XML(), make([]byte, 8))
	if err != nil {
		t.Fatal(err)
	}
	sameText(t, "older", again.XML(), m.XML())
	if m.Version != "10" || m.NodeByName("a").Version != "" || m.NodeByName("a").Info("fused_names") == nil {
		t.Error("the version or the names are lost")
	}
}

// TestManyConsumers redirects an output that very many read, which must not
// take long.
func TestManyConsumers(t *testing.T) {
	b := NewBuilder("fan")
	x := b.Parameter("x", F32, 2)
	const n = 20000
	for range n {
		b.Result(b.Neg(x), "")
	}
	y := b.Abs(x)
	if err := x.Redirect(y, y.Node()); err != nil {
		t.Fatal(err)
	}
	if len(x.Consumers()) != 1 || len(y.Consumers()) != n {
		t.Errorf("%d and %d", len(x.Consumers()), len(y.Consumers()))
	}
	if err := x.Redirect(x); err != nil {
		t.Error(err)
	}
	if m, err := b.Model(); err != nil || len(m.Nodes()) != 2*n+2 {
		t.Error(err)
	}
}

func TestJoinOf(t *testing.T) {
	b := NewBuilder("join")
	it := b.Iterate()
	state := it.State(b.Parameter("h", F32, 3))
	next := it.Body.Add(state, it.Body.Squeeze(it.Slice(b.Parameter("x", F32, 3, 5), 1, 1), 1))
	it.Next(state, next)
	last := it.Done()
	if len(last) != 0 {
		t.Fatal("outputs that nobody asked for")
	}
	n := b.Graph().Nodes()[len(b.Graph().Nodes())-1]
	for _, x := range []*Output{b.Bool(true), nil} {
		e := b.Graph().Edit()
		if e.JoinOf(n, x, 0, 1); e.Err() == nil {
			t.Errorf("%v is joined, which is no tensor of the body", x)
		}
	}
	inside := n.Bodies()[0].Edit().Unsqueeze(next, 0)
	for _, stride := range []int64{1, -1} {
		b.Result(b.JoinOf(n, inside, 0, stride), "")
	}
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	if m, err = Parse(m.XML(), m.Weights().Bytes()); err != nil {
		t.Fatal(err)
	}
	for i, r := range m.Results() {
		if o := r.Source(0); !o.Shape.Equal(Shape{5, 3}) || o.Element != F32 || o.Index() != i {
			t.Errorf("output %d is %s", i, o)
		}
	}
}
