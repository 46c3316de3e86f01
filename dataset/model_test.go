package dataset

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"testing"
)

// kinds is an empty annotation of each kind.
func kinds() []Annotation {
	return []Annotation{
		&Label{}, &Bbox{}, &RotatedBbox{}, &Polygon{}, &PolyLine{}, &Points{}, &Mask{}, &Caption{}, &Ellipse{},
		&Cuboid2D{}, &Cuboid3D{}, &Tabular{},
	}
}

// fill gives every field of v a value that is not zero, lists two of them.
func fill(v reflect.Value, n *int) {
	*n++
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), n)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		fill(v.Index(0), n)
		fill(v.Index(1), n)
	case reflect.Array:
		for i := range v.Len() {
			fill(v.Index(i), n)
		}
	case reflect.String:
		v.SetString(fmt.Sprint("text ", *n))
	case reflect.Float64:
		v.SetFloat(float64(*n) + 0.5)
	case reflect.Int32, reflect.Int64:
		v.SetInt(int64(*n))
	case reflect.Uint8:
		v.SetUint(uint64(*n % 200))
	default:
		panic("the model has a field of kind " + v.Kind().String() + ": teach this test about it")
	}
}

// TestCloneIsDeep fills a copy with other values, in its lists too, and wants
// the original unchanged. A field that is new is covered, too.
func TestCloneIsDeep(t *testing.T) {
	for _, a := range kinds() {
		n := 0
		fill(reflect.ValueOf(a).Elem(), &n)
		fresh := reflect.New(reflect.TypeOf(a).Elem())
		n = 0
		fill(fresh.Elem(), &n)

		c := a.Clone()
		if !reflect.DeepEqual(a, c) {
			t.Errorf("%s: the copy differs: %+v, %+v", a.Kind(), a, c)
		}
		overwrite(reflect.ValueOf(c).Elem())
		if !reflect.DeepEqual(a, fresh.Interface()) {
			t.Errorf("%s shares something with its copy: %+v", a.Kind(), a)
		}
		if a.Common() == c.Common() {
			t.Errorf("%s shares its base", a.Kind())
		}
	}
}

// overwrite sets everything to zero where it is, without making new lists.
func overwrite(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		for i := range v.NumField() {
			overwrite(v.Field(i))
		}
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			overwrite(v.Index(i))
		}
	default:
		v.SetZero()
	}
}

func TestKinds(t *testing.T) {
	seen := map[Kind]bool{}
	for _, a := range kinds() {
		if seen[a.Kind()] || a.Kind() == "" {
			t.Errorf("the kind %q comes twice", a.Kind())
		}
		seen[a.Kind()] = true
		for name, pointer := range map[string]*int32{"Label": LabelOf(a), "Z": ZOf(a)} {
			field := reflect.ValueOf(a).Elem().FieldByName(name)
			if field.IsValid() != (pointer != nil) {
				t.Errorf("%s: field %s: %v, pointer %v", a.Kind(), name, field.IsValid(), pointer)
				continue
			}
			if pointer != nil {
				if *pointer = 7; field.Int() != 7 {
					t.Errorf("%s: the pointer leads elsewhere than to %s", a.Kind(), name)
				}
			}
		}
		a.Common().ID = 5
		if a.Common().ID != 5 {
			t.Errorf("%s: Common is a copy", a.Kind())
		}
	}
}

func TestCategories(t *testing.T) {
	var none Categories
	if none.Len() != 0 || none.Name(0) != "" {
		t.Error("no categories have one")
	}
	if l, ok := none.Index("a"); ok || l != NoLabel {
		t.Error("no categories know a name")
	}
	c := Categories{Labels: &LabelCategories{Labels: []LabelCategory{{Name: "a"}, {Name: "b"}, {Name: "a"}}}}
	if l, ok := c.Index("a"); !ok || l != 0 {
		t.Errorf("Index: %d, %v", l, ok)
	}
	for label, want := range map[int32]string{0: "a", 1: "b", 3: "", NoLabel: "", -2: ""} {
		if got := c.Name(label); got != want {
			t.Errorf("Name(%d) is %q", label, got)
		}
	}
}

func TestInfo(t *testing.T) {
	i := Info{Subsets: []Subset{{Name: "a", Items: 2}, {Name: "b", Items: 3}}}
	if i.Total() != 5 || i.Subset("c") != nil {
		t.Errorf("%d items, %v", i.Total(), i.Subset("c"))
	}
	i.Subset("b").Items = -1
	if i.Total() != -1 {
		t.Errorf("%d items, though one subset is not known", i.Total())
	}
}

func TestMedia(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x")
	if err := os.WriteFile(path, []byte("bytes"), 0o600); err != nil {
		t.Fatal(err)
	}
	names := map[string]bool{}
	for _, m := range []Media{&Image{}, &PointCloud{}, &Video{}, &VideoFrame{}} {
		names[m.MediaKind().String()] = true
		if _, err := m.Main().Open(); !errors.Is(err, ErrNoMedia) {
			t.Errorf("%T without source: %v", m, err)
		}
		m.Main().Source = LocalFile(path)
		r, err := m.Main().Open()
		if err != nil {
			t.Fatal(err)
		}
		r.Close()
		m.Main().Source = LocalFile(path + "/none")
		if _, err := m.Main().Open(); err == nil {
			t.Errorf("%T opens a file that does not exist", m)
		}
	}
	for _, k := range []MediaKind{MediaNone, MediaAny, MediaTableRow, 77} {
		names[k.String()] = true
	}
	if len(names) != 8 {
		t.Errorf("kinds share a name: %v", names)
	}
	if _, err := LocalFile(path + "2").Open(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing file: %v", err)
	}
	if s := LocalSource(LocalFile(path)); s.LocalPath() != path {
		t.Errorf("path %s", s.LocalPath())
	}
}
