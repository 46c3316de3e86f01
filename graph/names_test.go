package graph

import (
	"bytes"
	"io"
	"slices"
	"strings"
	"testing"
)

// named is a model of one operation under names.
func named(node string, tensors ...string) *Model {
	b := NewBuilder("named")
	o := b.Name(b.Relu(b.Parameter("x", F32, 2)), node)
	b.Result(o, "")
	o.SetNames(tensors...)
	return b.model
}

// TestNamesComeBack writes names and reads them again. What OpenVINO writes of
// them is the same: that was compared with 2026.4, also for the lists.
func TestNamesComeBack(t *testing.T) {
	for _, c := range []struct {
		names []string
		text  string // of the attribute
		back  []string
	}{
		{[]string{"a"}, "a", nil},
		{[]string{"a", "b"}, "a,b", nil},
		{[]string{"a,b", "c"}, `a\,b,c`, nil},
		{[]string{"a,b"}, `a\,b`, nil},
		{[]string{","}, `\,`, nil},
		{[]string{`back\slash`, "z"}, `back\slash,z`, nil},
		{[]string{`a\,b`, "z"}, `a\\,b,z`, nil},
		{[]string{`a\`}, `a\`, nil},
		{[]string{"z", `a\`}, `z,a\`, nil},
		{[]string{`a\`, "z"}, `z,a\`, []string{"z", `a\`}},
		{[]string{`a,b\`, "y", "z"}, `y,z,a\,b\`, []string{"y", "z", `a,b\`}},
		{[]string{`a\\`, "z"}, `z,a\\`, []string{"z", `a\\`}},
		{[]string{"tab\tline\nreturn\r"}, "tab&#09;line&#10;return&#13;", nil},
		{[]string{"bell\x07", "unit\x1f"}, "bell&#07;,unit&#31;", nil},
		{[]string{"delete\x7f", "next\u0085", "none\ufffe"}, "delete\x7f,next\u0085,none\ufffe", nil},
		{[]string{"<&>\"'"}, "&lt;&amp;>&quot;'", nil},
		{[]string{"名", " spaces ", "&#7;"}, "名, spaces ,&amp;#7;", nil},
	} {
		node := strings.Join(c.names, "+")
		m := named(node, c.names...)
		if err := m.Validate(); err != nil {
			t.Errorf("%q: %v", c.names, err)
			continue
		}
		text := m.XML()
		if want := ` names="` + c.text + `"`; !bytes.Contains(text, []byte(want)) {
			t.Errorf("%q: there is no %s in\n%s", c.names, want, text)
		}
		again, err := Parse(text, nil)
		if err != nil {
			t.Errorf("%q: %v", c.names, err)
			continue
		}
		want := c.back
		if want == nil {
			want = c.names
		}
		n := again.NodeByName(node)
		if n == nil || !slices.Equal(n.Output(0).Names(), want) {
			t.Errorf("%q came back as %q", c.names, again.Nodes()[1].Output(0).Names())
		}
		sameText(t, node, again.XML(), text)
		if o, err := again.Tensor(want[0]); err != nil || o != n.Output(0) {
			t.Errorf("%q: %v", want[0], err)
		}
	}
}

// TestNamesThatCannotBeWritten requires that they are refused, by the check as by
// the writer, and with their layer.
func TestNamesThatCannotBeWritten(t *testing.T) {
	attribute := named("layer")
	attribute.NodeByName("layer").Attrs.Set("mode", "a\x00b")
	model := named("layer")
	model.Name = "m\x00"
	body := func() *Model {
		_, m := readModel(t, "testdata/if.xml")
		m.Each(func(n *Node) {
			if n.Graph() != m.Graph && len(n.Outputs()) > 0 {
				n.Output(0).SetNames("in\x00side")
			}
		})
		return m
	}()
	for want, m := range map[string]*Model{
		`layer "layer": "a\x00b" has a zero byte`:               named("layer", "fine", "a\x00b"),
		`"lay\x00er" has a zero byte`:                           named("lay\x00er"),
		`layer "layer": "mode\xff" is not UTF-8`:                named("layer", "mode\xff"),
		`its output has the names ["a\\" "b\\"]: only one may`:  named("layer", `a\`, "z", `b\`),
		`layer "layer": "a\x00b" has a zero`:                    attribute,
		"the name of the model has a zero byte, at which":       model,
		`"in\x00side" has a zero byte, at which OpenVINO would`: body,
	} {
		for how, err := range map[string]error{"checked": m.Validate(), "written": m.Write(io.Discard, nil)} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, and not %s", how, err, want)
			}
		}
	}
}

// TestControlCharacters reads the references that OpenVINO writes and XML does
// not know, and nothing else that is none.
func TestControlCharacters(t *testing.T) {
	for text, want := range map[string]string{
		"a&#01;b": "a\x01b", "&#1;": "\x01", "&#31;&#30;": "\x1f\x1e", "&lt;&#7;&gt;": "<\x07>", "&#7;&#65;&#x42;&#10;": "\x07AB\n", "a\tb&#2;": "a b\x02", "plain": "plain",
	} {
		if got, err := unescaped([]byte(text)); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
	for _, text := range []string{"&#0;", "&#00;&#1;", "&#1", "&#;", "&#1;&", "&#1;&nothing;", "&#1;&#x110000;", "&#1;&#55296;", "&#-1;", "&#+7;", "&#1;\xff", "&#7;&#x;", "&# 7;"} {
		if got, err := unescaped([]byte(text)); err == nil {
			t.Errorf("%s: %q", text, got)
		}
	}
}

// FuzzNames requires that names that are fine come back.
func FuzzNames(f *testing.F) {
	for _, s := range []string{"a", `a\`, ",", "\x01", "\x00", "\xff", "&#7;", "\r\n", `\,\,`, "é"} {
		f.Add(s, "z")
		f.Add("z", s)
	}
	f.Fuzz(func(t *testing.T, a, b string) {
		m := named("n"+a, a, b)
		if m.Validate() != nil {
			return
		}
		again, err := Parse(m.XML(), nil)
		if err != nil {
			t.Fatalf("%q, %q: %v", a, b, err)
		}
		n := again.NodeByName("n" + a)
		if n == nil {
			t.Fatalf("the node %q is gone", a)
		}
		got, want := slices.Sorted(slices.Values(n.Output(0).Names())), slices.Sorted(slices.Values([]string{a, b}))
		if !slices.Equal(got, want) {
			t.Fatalf("%q came back as %q", want, got)
		}
	})
}
