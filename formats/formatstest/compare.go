package formatstest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"datum/dataset"
)

// Compare returns how two items differ, empty when they do not. Coordinates
// are compared bit by bit (any NaN equals any other), attribute values as
// text. What does not count: whether a list is nil or empty, and how carried
// attributes are mixed with the user's. Media are compared by kind, name, size
// and presence of bytes, and by the bytes where both were loaded with
// [LoadMedia].
func Compare(want, got dataset.Item) string {
	return cmp.Diff(want, got, exact)
}

// CompareInfo returns how two infos differ, in the way of [Compare]. The
// number of items of a subset counts only where both know it.
func CompareInfo(want, got *dataset.Info) string {
	return cmp.Diff(want, got, exact, cmp.FilterPath(func(p cmp.Path) bool {
		return p.Last().String() == ".Items"
	}, cmp.Comparer(func(a, b int) bool { return a == b || a < 0 || b < 0 })))
}

// CompareTruth is Compare with an item that came from [LoadTruth]: what truth
// files do not hold (media names and bytes, image sizes, carried attributes)
// does not count, and neither does how a number is spelled in an attribute.
func CompareTruth(truth, got dataset.Item) string {
	return cmp.Diff(truth, got, loose)
}

// CompareTruthInfo is CompareInfo with an info that came from [LoadTruth]. The
// order of subsets does not count: each is a file of its own.
func CompareTruthInfo(truth, got *dataset.Info) string {
	return cmp.Diff(truth, got, loose,
		cmpopts.IgnoreFields(dataset.Subset{}, "Items"),
		cmpopts.SortSlices(func(a, b dataset.Subset) bool { return a.Name < b.Name }),
		cmpopts.IgnoreFields(dataset.LabelCategory{}, "Carried"))
}

// CompareAll returns how two lists of items differ, by compare ([Compare] or
// [CompareTruth]), one line or more for each pair. Subsets may come in another
// order; the items of each may not.
func CompareAll(want, got []dataset.Item, compare func(want, got dataset.Item) string) []string {
	var diffs []string
	wants, gots := bySubset(want), bySubset(got)
	for name := range gots {
		if _, ok := wants[name]; !ok {
			diffs = append(diffs, fmt.Sprintf("subset %q is not wanted", name))
		}
	}
	for name, w := range wants {
		g := gots[name]
		if len(w) != len(g) {
			diffs = append(diffs, fmt.Sprintf("subset %q has %d items, want %d", name, len(g), len(w)))
		}
		for i := range min(len(w), len(g)) {
			if d := compare(w[i], g[i]); d != "" {
				diffs = append(diffs, fmt.Sprintf("item %d %q of %q (-want +got):\n%s", i, w[i].ID, name, d))
			}
		}
	}
	slices.Sort(diffs)
	return diffs
}

func bySubset(items []dataset.Item) map[string][]dataset.Item {
	m := map[string][]dataset.Item{}
	for _, it := range items {
		m[it.Subset] = append(m[it.Subset], it)
	}
	return m
}

// split is how Attributes are compared: the user's and the carried ones apart.
type split struct{ User, Carried []pair }

type pair struct{ Name, Value string }

func pairs(a dataset.Attributes, value func([]byte) string) []pair {
	var out []pair
	for _, x := range a {
		out = append(out, pair{x.Name, value(x.Value)})
	}
	return out
}

var exactFloats = cmp.Comparer(func(a, b float64) bool {
	return math.Float64bits(a) == math.Float64bits(b) || a != a && b != b
})

// equateEmpty leaves attributes to their own transformer.
var equateEmpty = cmp.FilterPath(func(p cmp.Path) bool {
	return p.Last().Type() != reflect.TypeFor[dataset.Attributes]()
}, cmpopts.EquateEmpty())

var exact = cmp.Options{
	exactFloats,
	equateEmpty,
	cmp.Transformer("Attributes", func(a dataset.Attributes) split {
		user, carried := a.Split()
		text := func(b []byte) string { return string(b) }
		return split{pairs(user, text), pairs(carried, text)}
	}),
	cmp.Transformer("Counts", func(r dataset.RLE) string { return rleText(r) }),
	cmp.FilterPath(isSource, cmp.Comparer(sameSource)),
}

var loose = cmp.Options{
	exactFloats,
	equateEmpty,
	cmp.Transformer("Attributes", func(a dataset.Attributes) []pair {
		user, _ := a.Split()
		return pairs(user, canonical)
	}),
	cmp.Transformer("Counts", func(r dataset.RLE) string { return rleText(r) }),
	cmpopts.IgnoreTypes(dataset.File{}),
	cmpopts.IgnoreFields(dataset.Image{}, "Height", "Width"),
}

func rleText(r dataset.RLE) string { return fmt.Sprintf("%d×%d %s", r.Height, r.Width, r.Counts) }

func isSource(p cmp.Path) bool { return p.Last().String() == ".Source" }

func sameSource(a, b dataset.Source) bool {
	x, ok := a.(Bytes)
	y, both := b.(Bytes)
	if ok && both {
		return bytes.Equal(x, y)
	}
	return (a == nil) == (b == nil)
}

// canonical spells JSON text so that equal values have equal text. Integers
// stay apart from floats, and names of objects in their order.
func canonical(text []byte) string {
	var b strings.Builder
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	for {
		t, err := dec.Token()
		if err != nil {
			return b.String()
		}
		switch t := t.(type) {
		case json.Number:
			b.WriteString(canonicalNumber(t.String()))
		case string:
			b.Write(dataset.AppendString(nil, t))
		default:
			fmt.Fprint(&b, t)
		}
		b.WriteByte(' ')
	}
}

func canonicalNumber(s string) string {
	if !strings.ContainsAny(s, ".eE") {
		return s
	}
	v, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return s
	}
	return "float " + strconv.FormatFloat(v, 'g', -1, 64)
}
