// Package cocotest compares COCO datasets in tests.
package cocotest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"reflect"
	"sort"
	"strconv"
)

// Diff compares two COCO folders and says what differs, in at most ten lines:
// the JSON files by the values they hold, in order, with numbers compared as
// numbers; pictures by their bytes, wherever they lie.
func Diff(want, got string) []string {
	a, b := load(want), load(got)
	var out []string
	out = append(out, a.problems...)
	out = append(out, b.problems...)
	for _, name := range keys(a.json) {
		v, ok := b.json[name]
		if !ok {
			out = append(out, name+": missing")
			continue
		}
		out = append(out, Values(name, a.json[name], v)...)
	}
	for _, name := range keys(a.media) {
		if v, ok := b.media[name]; !ok {
			out = append(out, "picture "+name+": missing")
		} else if !bytes.Equal(v, a.media[name]) {
			out = append(out, "picture "+name+": bytes differ")
		}
	}
	if len(out) > 10 {
		out = append(out[:10], fmt.Sprintf("… and %d more", len(out)-10))
	}
	return out
}

type folder struct {
	json     map[string]any
	media    map[string][]byte
	problems []string
}

func load(dir string) folder {
	f := folder{json: map[string]any{}, media: map[string][]byte{}}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, p)
		if err != nil {
			return err
		}
		if path.Ext(rel) != ".json" {
			f.media[path.Base(path.Dir(rel))+"/"+path.Base(rel)] = b
			return nil
		}
		dec := json.NewDecoder(bytes.NewReader(bytes.TrimPrefix(b, []byte("\ufeff"))))
		dec.UseNumber()
		var v any
		if err := dec.Decode(&v); err != nil {
			f.problems = append(f.problems, rel+": "+err.Error())
		}
		f.json[rel] = v
		return nil
	})
	if err != nil {
		f.problems = append(f.problems, err.Error())
	}
	return f
}

// Values compares two JSON values decoded with UseNumber, and says what differs.
func Values(at string, want, got any) []string {
	switch w := want.(type) {
	case map[string]any:
		g, ok := got.(map[string]any)
		if !ok {
			break
		}
		var out []string
		for _, k := range keys(w) {
			if _, ok := g[k]; !ok {
				out = append(out, at+"."+k+": missing")
				continue
			}
			out = append(out, Values(at+"."+k, w[k], g[k])...)
		}
		for _, k := range keys(g) {
			if _, ok := w[k]; !ok {
				out = append(out, at+"."+k+": not in the original")
			}
		}
		return out
	case []any:
		g, ok := got.([]any)
		if !ok {
			break
		}
		if len(w) != len(g) {
			return []string{fmt.Sprintf("%s: %d entries, want %d", at, len(g), len(w))}
		}
		var out []string
		for i := range w {
			out = append(out, Values(at+"["+strconv.Itoa(i)+"]", w[i], g[i])...)
		}
		return out
	case json.Number:
		if g, ok := got.(json.Number); ok && sameNumber(string(w), string(g)) {
			return nil
		}
	}
	if !reflect.DeepEqual(want, got) {
		return []string{fmt.Sprintf("%s: %v, want %v", at, got, want)}
	}
	return nil
}

func sameNumber(a, b string) bool {
	if a == b {
		return true
	}
	_, err1 := strconv.ParseInt(a, 10, 64)
	_, err2 := strconv.ParseInt(b, 10, 64)
	if err1 == nil && err2 == nil {
		return false
	}
	x, err1 := strconv.ParseFloat(a, 64)
	y, err2 := strconv.ParseFloat(b, 64)
	return err1 == nil && err2 == nil && x == y
}

func keys[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}
