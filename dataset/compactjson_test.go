package dataset

import (
	"reflect"
	"testing"
)

// TestNamesAppendTakesTheUsual: what the formats write is read by the fast way.
func TestNamesAppendTakesTheUsual(t *testing.T) {
	var n Names
	for _, text := range []string{
		`{}`, `{"is_crowd":false}`, `{"id":1,"@coco.image":{"license":1,"coco_url":"http://x/y.jpg","l":[],"o":{},"n":null}}`,
		`{"a":-0.5e+10,"b":1E2,"c":0,"d":[1,[2,"é"]],"é":true}`,
	} {
		list, ok := n.Append(Attributes{{Name: "first"}}, []byte(text))
		want, err := ParseAttributes([]byte(text))
		if !ok || err != nil || list[0].Name != "first" || string(list[1:].AppendJSON(nil)) != string(want.AppendJSON(nil)) {
			t.Errorf("%s: %s, %v, %v", text, list.AppendJSON(nil), ok, err)
		}
	}
}

func TestNamesAreKeptOnce(t *testing.T) {
	var n Names
	text := []byte(`{"a name":1}`)
	n.Append(nil, text)
	room := make(Attributes, 0, 1)
	if got := testing.AllocsPerRun(100, func() { n.Append(room, text) }); got != 0 {
		t.Errorf("%v allocations for attributes with a known name", got)
	}
}

// FuzzNamesAppend: the fast way takes nothing that the general way refuses, and
// reads the same.
func FuzzNamesAppend(f *testing.F) {
	for _, text := range []string{
		`{"is_crowd":false}`, `{"id":1,"@coco.image":{"license":1,"u":"http://x"}}`, `{"a":01}`, `{"a":1.}`, `{"a":-}`, `{"a":1e}`, `{"a":"\u0000"}`,
		`{"a":1,"a":2}`, `{"a":[1,]}`, `{"a":{"b":}}`, `{"a":tru}`, `{"a" :1}`, `{"a":1}}`, `{"a":1},`, "{\"\xff\":1}", "{\"a\":\"\xff\n\"}", `{,"a":1}`, `{"a":1,}`, `{"a":{}`,
		`{"a":[`, `{"a":"`, `{"`, `{`, `{"a":"}`, `{"a":[]]}`, `{"a":9}0}`,
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var n Names
		got, ok := n.Append(nil, text)
		if !ok {
			if len(got) > 0 {
				t.Errorf("%q: attributes of what is not ok", text)
			}
			return
		}
		want, err := ParseAttributes(text)
		if err != nil || len(got) != len(want) || len(got) > 0 && !reflect.DeepEqual(got, want) {
			t.Errorf("%q: %s, want %s, %v", text, got.AppendJSON(nil), want.AppendJSON(nil), err)
		}
	})
}
