// Package cocotest compares COCO datasets in tests: whether one says the same
// as another, record by record, and holds the same pictures.
package cocotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image/color"
	"image/png"
	"io/fs"
	"math/big"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// maxDifferences bounds what Diff lists.
const maxDifferences = 10

// Diff compares two COCO folders and says what differs, in a few lines; none
// where they are the same. JSON files are compared by the values that they
// hold: lists in order, objects whatever the order of their members, whole
// numbers by all their digits, others as float64. NaN and the infinities count
// as null. Panoptic pictures, which are those below annotations/, are compared
// by the ids in them, all other files by their bytes.
func Diff(want, got string) []string {
	a, err := files(want)
	if err != nil {
		return []string{err.Error()}
	}
	b, err := files(got)
	if err != nil {
		return []string{err.Error()}
	}
	var out []string
	for _, name := range a {
		if !slices.Contains(b, name) {
			out = append(out, name+": missing")
			continue
		}
		out = append(out, diffFile(name, filepath.Join(want, name), filepath.Join(got, name))...)
	}
	for _, name := range b {
		if !slices.Contains(a, name) {
			out = append(out, name+": not in the original")
		}
	}
	if len(out) > maxDifferences {
		out = append(out[:maxDifferences], fmt.Sprintf("and %d more", len(out)-maxDifferences))
	}
	return out
}

func files(dir string) (names []string, err error) {
	err = filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		names = append(names, rel)
		return err
	})
	return names, err
}

func diffFile(name, want, got string) []string {
	a, err := os.ReadFile(want)
	if err != nil {
		return []string{err.Error()}
	}
	b, err := os.ReadFile(got)
	if err != nil {
		return []string{err.Error()}
	}
	switch {
	case bytes.Equal(a, b):
		return nil
	case filepath.Ext(name) == ".png" && strings.Contains(filepath.ToSlash(name), "annotations/"):
		return diffPixels(name, a, b)
	case filepath.Ext(name) != ".json":
		return []string{name + ": the bytes differ"}
	}
	return DiffJSON(name, a, b)
}

// diffPixels compares the colours of two PNG files.
func diffPixels(name string, want, got []byte) []string {
	a, err := png.Decode(bytes.NewReader(want))
	if err != nil {
		return []string{name + ": the original: " + err.Error()}
	}
	b, err := png.Decode(bytes.NewReader(got))
	if err != nil {
		return []string{name + ": " + err.Error()}
	}
	if a.Bounds() != b.Bounds() {
		return []string{fmt.Sprintf("%s: %v, want %v", name, b.Bounds(), a.Bounds())}
	}
	for y := range a.Bounds().Dy() {
		for x := range a.Bounds().Dx() {
			p, q := color.NRGBAModel.Convert(a.At(x, y)), color.NRGBAModel.Convert(b.At(x, y))
			if p != q {
				return []string{fmt.Sprintf("%s: pixel (%d, %d) is %v, want %v", name, x, y, q, p)}
			}
		}
	}
	return nil
}

// DiffJSON compares two JSON texts as Diff does. Each line begins with name
// and the path of the value.
func DiffJSON(name string, want, got []byte) []string {
	a, err := decode(want)
	if err != nil {
		return []string{name + ": the original: " + err.Error()}
	}
	b, err := decode(got)
	if err != nil {
		return []string{name + ": " + err.Error()}
	}
	return diffValues(name, a, b)
}

// notNumbers matches strings, to leave them alone, and what is no JSON.
var notNumbers = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|-?Infinity|NaN`)

func nullNotNumbers(b []byte) []byte {
	return notNumbers.ReplaceAllFunc(b, func(match []byte) []byte {
		if match[0] == '"' {
			return match
		}
		return []byte("null")
	})
}

func decode(b []byte) (v any, err error) {
	b = bytes.TrimPrefix(b, []byte("\ufeff"))
	if !json.Valid(b) {
		b = nullNotNumbers(b)
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	err = dec.Decode(&v)
	return v, err
}

func diffValues(at string, want, got any) (out []string) {
	switch w := want.(type) {
	case map[string]any:
		if g, ok := got.(map[string]any); ok {
			return diffObjects(at, w, g)
		}
	case []any:
		g, ok := got.([]any)
		if !ok {
			break
		}
		if len(w) != len(g) {
			return []string{fmt.Sprintf("%s: %d entries, want %d", at, len(g), len(w))}
		}
		for i := range w {
			out = append(out, diffValues(at+"["+strconv.Itoa(i)+"]", w[i], g[i])...)
		}
		return out
	case json.Number:
		if g, ok := got.(json.Number); ok && sameNumber(string(w), string(g)) {
			return nil
		}
	default:
		if want == got {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s: %v, want %v", at, got, want)}
}

func diffObjects(at string, want, got map[string]any) (out []string) {
	for _, k := range keys(want) {
		if _, ok := got[k]; !ok {
			out = append(out, fmt.Sprintf("%s.%s: missing", at, k))
			continue
		}
		out = append(out, diffValues(at+"."+k, want[k], got[k])...)
	}
	for _, k := range keys(got) {
		if _, ok := want[k]; !ok {
			out = append(out, fmt.Sprintf("%s.%s: not in the original", at, k))
		}
	}
	return out
}

// sameNumber tells whole numbers apart by all their digits, and takes 40 and
// 40.0 for the same.
func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	x, ok1 := new(big.Int).SetString(a, 10)
	y, ok2 := new(big.Int).SetString(b, 10)
	if ok1 && ok2 {
		return x.Cmp(y) == 0
	}
	f, err1 := strconv.ParseFloat(a, 64)
	g, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && f == g
}

func keys(m map[string]any) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}
