package formats

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
)

func TestRegistry(t *testing.T) {
	voc, coco := &Format{Name: "voc", Aliases: []string{"pascal_voc"}}, &Format{Name: "coco", Aliases: []string{"ms_coco", "coco_instances"}}
	r, err := NewRegistry(voc, coco)
	if err != nil {
		t.Fatal(err)
	}
	if all := r.All(); len(all) != 2 || all[0] != coco || all[1] != voc {
		t.Errorf("%v are not in alphabetical order", all)
	}
	for name, want := range map[string]*Format{"voc": voc, "pascal_voc": voc, "coco": coco, "coco_instances": coco} {
		if got, err := r.Lookup(name); err != nil || got != want {
			t.Errorf("%s: %v, %v", name, got, err)
		}
	}
	for _, name := range []string{"", "VOC", "yolo", "co"} {
		f, err := r.Lookup(name)
		if f != nil || !errors.Is(err, ErrUnknownFormat) || !strings.Contains(err.Error(), `"`+name+`"`) {
			t.Errorf("%q: %v, %v", name, f, err)
		}
		if h := Hint(err); h != "the formats are coco, voc" {
			t.Errorf("%q: hint %q", name, h)
		}
	}
}

func TestRegistryRefusesTwoOfAName(t *testing.T) {
	for _, list := range [][]*Format{
		{{Name: "a"}, {Name: "a"}},
		{{Name: "a"}, {Name: "b", Aliases: []string{"a"}}},
		{{Name: "a", Aliases: []string{"c"}}, {Name: "b", Aliases: []string{"c"}}},
		{{Name: "a", Aliases: []string{"a"}}},
	} {
		if _, err := NewRegistry(list...); err == nil {
			t.Errorf("%v are taken", list)
		}
	}
}

// TestAliasImplies requires that an alias brings its options along, unless the
// user says otherwise.
func TestAliasImplies(t *testing.T) {
	var got Values
	f := &Format{Name: "a", Aliases: []string{"b", "c"}, Implied: map[string]Values{"b": {"a-task": "one", "a-more": "x"}}}
	f.Export = func(_ context.Context, _ string, o ExportOptions) (Exporter, error) {
		got = o.Values
		return nil, nil
	}
	r, err := NewRegistry(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name  string
		given Values
		want  Values
	}{
		{"a", nil, nil},
		{"c", nil, nil},
		{"b", nil, Values{"a-task": "one", "a-more": "x"}},
		{"b", Values{"a-task": "two"}, Values{"a-task": "two", "a-more": "x"}},
	} {
		alias, err := r.Lookup(test.name)
		if err != nil || alias.Name != "a" {
			t.Fatal(alias, err)
		}
		if alias.Export(t.Context(), "", ExportOptions{Values: test.given}); !maps.Equal(got, test.want) {
			t.Errorf("%s with %v means %v", test.name, test.given, got)
		}
	}
}

func TestEmptyRegistry(t *testing.T) {
	var r Registry
	if len(r.All()) != 0 {
		t.Errorf("%v", r.All())
	}
	if _, err := r.Lookup("coco"); !errors.Is(err, ErrUnknownFormat) {
		t.Errorf("%v", err)
	}
}
