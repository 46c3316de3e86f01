package graph_test

import (
	"strings"
	"testing"

	"datum/graph"
)

func TestSetInfo(t *testing.T) {
	t.Parallel()
	b := graph.NewBuilder("m")
	b.Result(b.Relu(b.Parameter("x", graph.F32, 1)), "y")
	m, err := b.Model()
	if err != nil {
		t.Fatal(err)
	}
	m.SetInfo("other", graph.Attr{Name: "a", Value: "1"})
	m.SetInfo("model_info", graph.Attr{Name: "labels", Value: "cat dog"})
	m.SetInfo("model_info", graph.Attr{Name: "labels", Value: `cat "&" dog`})
	text := m.XML()
	again, err := graph.Parse(text, nil)
	if err != nil {
		t.Fatal(err)
	}
	again.SetInfo("other", graph.Attr{Name: "a", Value: "1"})
	if got := string(again.XML()); got != string(text) {
		t.Errorf("it came back as\n%s", got)
	}
	for _, want := range []string{`<a value="1"`, `<labels value="cat &quot;&amp;&quot; dog"`} {
		if strings.Count(string(text), want) != 1 || strings.Count(string(text), "<rt_info>") != 1 {
			t.Errorf("%s is not there once:\n%s", want, text)
		}
	}
}
