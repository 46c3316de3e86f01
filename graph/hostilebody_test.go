package graph

import (
	"errors"
	"os"
	"strings"
	"testing"
)

// TestHostileBodies changes one thing at a time of what OpenVINO wrote of
// operations with bodies. What is wrong is said with its layer and line, by the
// parser or by the check; what is odd but possible is neither.
func TestHostileBodies(t *testing.T) {
	const (
		slice  = `<input axis="1" external_port_id="0" internal_layer_id="0" start="0" end="-1" stride="1" part_size="1" />`
		state  = `<input external_port_id="1" internal_layer_id="1" />`
		last   = `<output external_port_id="2" internal_layer_id="8" />`
		joined = `<output axis="1" external_port_id="3" internal_layer_id="9" start="0" end="-1" stride="1" part_size="1" />`
		back   = `<edge from-layer="8" to-layer="1" />`
	)
	for name, c := range map[string]struct{ file, old, new, want string }{
		"a port that is not there":   {"ti", slice, strings.Replace(slice, `"0" internal`, `"17" internal`, 1), "names the port 17, which it does not have"},
		"no port, without a purpose": {"ti", state, strings.Replace(state, `"1" internal`, `"-1" internal`, 1), "names the port -1"},
		"no layer":                   {"ti", state, strings.Replace(state, `layer_id="1"`, `layer_id="99"`, 1), "the layer 99 of its body, which is no Parameter"},
		"a parameter as a result":    {"ti", last, strings.Replace(last, `layer_id="8"`, `layer_id="1"`, 1), "the layer 1 of its body, which is no Result"},
		"a result as a parameter":    {"ti", state, strings.Replace(state, `layer_id="1"`, `layer_id="8"`, 1), "the layer 8 of its body, which is no Parameter"},
		"back from nowhere":          {"ti", back, `<edge from-layer="77" to-layer="1" />`, "a back edge from layer 77 to layer 1"},
		"back to nowhere":            {"ti", back, `<edge from-layer="8" />`, "a back edge from layer 8 to layer -1"},
		"the wrong way":              {"ti", back, `<edge from-layer="1" to-layer="8" />`, "which are no result and no parameter"},
		"an unknown attribute":       {"ti", state, strings.Replace(state, "<input", `<input color="1"`, 1), `a map of ports has the attribute "color", which is not known`},
		"letters":                    {"ti", state, strings.Replace(state, `"1" internal`, `"one" internal`, 1), `external_port_id="one" is no number`},
		"a number beyond all":        {"ti", joined, strings.Replace(joined, `start="0"`, `start="99999999999"`, 1), `start="99999999999" is no number`},
		"another element":            {"ti", state, `<port external_port_id="1" internal_layer_id="1" />`, "<port> in a map of ports"},
		"something inside":           {"ti", state, `<input external_port_id="1" internal_layer_id="1"><a/></input>`, "<a> inside of <input>"},
		"a second map":               {"ti", "<back_edges>", "<port_map></port_map><back_edges>", "a second <port_map>"},
		"a map for no body":          {"ti", "<back_edges>", "<then_port_map></then_port_map><back_edges>", "a map of ports without its body"},
		"an axis that is not there":  {"ti", joined, strings.Replace(joined, `axis="1"`, `axis="9"`, 1), "the axis 9 of a tensor of 3"},
		"an axis below":              {"ti", joined, strings.Replace(joined, `axis="1"`, `axis="-4"`, 1), "the axis -1 of a tensor of 3"},
		"what older files have":      {"ti", back, `<edge from-layer="8" from-port="0" to-layer="1" to-port="0" />`, ""},
		"steps of 0":                 {"ti", joined, strings.Replace(joined, `stride="1"`, `stride="0"`, 1), ""},
		"a purpose with references":  {"loop", `purpose="current_iteration"`, `purpose="current&#95;iteration"`, ""},
		"an unknown purpose":         {"loop", `purpose="current_iteration"`, `purpose="curiosity"`, ""},
		"a broken purpose":           {"loop", `purpose="current_iteration"`, `purpose="current&iteration;"`, "the reference &iteration; stands for nothing"},
		"a second side":              {"if", "<then_port_map>", "<then_port_map></then_port_map><then_port_map>", "a second <then_port_map>"},
		"the other side's map":       {"if", "<then_port_map>", "<back_edges></back_edges><then_port_map>", "a map of ports without its body"},
	} {
		t.Run(name, func(t *testing.T) {
			whole, err := os.ReadFile("testdata/" + c.file + ".xml")
			if err != nil {
				t.Fatal(err)
			}
			weights, err := os.ReadFile("testdata/" + c.file + ".bin")
			if err != nil && !os.IsNotExist(err) {
				t.Fatal(err)
			}
			text := strings.Replace(string(whole), c.old, c.new, 1)
			if text == string(whole) {
				t.Fatalf("there is no %s", c.old)
			}
			m, err := Parse([]byte(text), weights)
			if err == nil {
				err = m.Validate()
			} else if at := (*Error)(nil); !errors.As(err, &at) || at.Line < 2 || at.Layer == "" {
				t.Errorf("without a place: %v", err)
			}
			if c.want == "" && err != nil || c.want != "" && (!errors.Is(err, ErrModel) || !strings.Contains(err.Error(), c.want)) {
				t.Errorf("%v", err)
			}
		})
	}
}

// TestEdgesOfBodies requires that the numbers of a map and of edges are taken for
// what their names say, in any order.
func TestEdgesOfBodies(t *testing.T) {
	whole, err := os.ReadFile("testdata/ti.xml")
	if err != nil {
		t.Fatal(err)
	}
	weights, err := os.ReadFile("testdata/ti.bin")
	if err != nil {
		t.Fatal(err)
	}
	text := strings.NewReplacer(
		`<input axis="1" external_port_id="0" internal_layer_id="0" start="0" end="-1" stride="1" part_size="1" />`,
		`<input part_size="3" stride="-2" end="7" start="5" internal_layer_id="0" external_port_id="0" axis="-2" />`,
		`<edge from-layer="8" to-layer="1" />`, `<edge to-layer="1" from-layer="8" />`,
	).Replace(string(whole))
	m, err := Parse([]byte(text), weights)
	if err != nil {
		t.Fatal(err)
	}
	m.Each(func(n *Node) {
		if n.Type != "TensorIterator" {
			return
		}
		b := n.Bodies()[0]
		if s := b.InputOf(b.Parameters()[0]).Slice; s == nil || *s != (Slicing{Axis: -2, Start: 5, End: 7, Stride: -2, PartSize: 3}) {
			t.Errorf("%+v", s)
		}
		if s := b.InputOf(b.Parameters()[1]).Slice; s != nil {
			t.Errorf("%+v", s)
		}
		if len(b.Back) != 1 || b.Back[0].From != b.NodeByID(8) || b.Back[0].To != b.NodeByID(1) {
			t.Errorf("%+v", b.Back)
		}
	})
}
