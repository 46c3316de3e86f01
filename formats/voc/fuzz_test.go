package voc

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"testing"
	"unicode/utf8"

	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
	"datum/internal/decimal"
	"datum/internal/xmltext"
)

// seeds adds the files of the test data with an extension.
func seeds(f *testing.F, ext string) {
	err := filepath.WalkDir("../../testdata/voc", func(p string, d os.DirEntry, err error) error {
		if err != nil || filepath.Ext(p) != ext {
			return err
		}
		text, err := os.ReadFile(p)
		f.Add(text)
		return err
	})
	if err != nil {
		f.Fatal(err)
	}
}

// FuzzRecord reads XML files, as a dataset and once again as it was written.
func FuzzRecord(f *testing.F) {
	seeds(f, ".xml")
	f.Add([]byte("\xff\xfe<\x00a\x00/\x00>\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		sniff(text)
		var loss formats.Loss
		rec, err := parseRecord(text, false, "", &loss)
		if err != nil {
			return
		}
		for i := range rec.objects {
			if o := &rec.objects[i]; o.bad == nil && o.box == nil && o.rotated == nil && o.polygons == nil && o.points == nil && o.parts == nil {
				t.Error("an object of nothing is taken for good")
			}
		}
		for _, a := range rec.attributes {
			if !json.Valid(a.Value) {
				t.Errorf("the value %q is no JSON", a.Value)
			}
		}
		w := itemWriter{exporter: &exporter{}, it: &dataset.Item{}}
		var carried dataset.Attributes
		carried.SetRaw(carryXML, dataset.AppendString(nil, string(rec.extra)))
		if utf8.Valid(rec.extra) {
			if back, _ := w.carriedXML(carried, rootNames); back != string(rec.extra) {
				t.Errorf("carried %q came back as %q", rec.extra, back)
			}
		}
	})
}

func FuzzLabelMap(f *testing.F) {
	f.Add([]byte("# label:color_rgb:parts:actions\nbackground:0,0,0::\nperson:220,20,60:head:walking,waving\n\"a:b\":::\n"))
	f.Fuzz(func(t *testing.T, text []byte) {
		lines, _, err := parseLabelMap(text)
		if err != nil {
			return
		}
		var table labelTable
		if table.addMap(lines) != nil {
			return
		}
		table.addParts(lines)
		var again []byte
		for _, l := range mapLines(&table.cats) {
			again = appendMapLine(again, l)
		}
		lines, _, err = parseLabelMap(again)
		var second labelTable
		if err == nil {
			err = second.addMap(lines)
			second.addParts(lines)
		}
		if err != nil {
			t.Fatalf("%v in\n%s", err, again)
		}
		for i, l := range table.cats.Labels.Labels {
			if got := second.cats.Labels.Labels[i]; got.Name != l.Name || got.Parent != l.Parent {
				t.Fatalf("label %d was %q and is %q in\n%s", i, l.Name, second.cats.Labels.Labels[i].Name, again)
			}
		}
	})
}

func FuzzList(f *testing.F) {
	f.Add([]byte("a\n\"b c\"\nd 1\n# x\n../../e.jpg\n"), "b c")
	f.Fuzz(func(t *testing.T, text []byte, name string) {
		dir := t.TempDir()
		if os.WriteFile(filepath.Join(dir, "list.txt"), text, 0o666) != nil {
			return
		}
		folder := formatstest.Folder(t, dir)
		p := &part{}
		p.byID = map[string]int32{}
		var loss formats.Loss
		l := &list{path: "list.txt"}
		if p.readList(folder, &loss, l, 1<<20) == nil && len(l.refs) != len(l.flags) {
			t.Error("names and flags differ in number")
		}
		if !utf8.ValidString(name) || name == "" || bytes.ContainsAny([]byte(name), "\x00") {
			return
		}
		p.byID[name] = 77
		line := appendListName(nil, name)
		if bytes.ContainsAny(line, "\n\r") {
			t.Errorf("%q is written in several lines", name)
		}
		if ref, _, ok := p.listed(bytes.TrimSpace(line), &loss, ""); !ok || ref != 77 {
			t.Errorf("%q is written as %q, which is another", name, line)
		}
	})
}

func FuzzMask(f *testing.F) {
	seeds(f, ".png")
	f.Fuzz(func(t *testing.T, text []byte) {
		dir := t.TempDir()
		if os.MkdirAll(filepath.Join(dir, classDir), 0o777) != nil || os.MkdirAll(filepath.Join(dir, objectDir), 0o777) != nil ||
			os.WriteFile(filepath.Join(dir, classDir, "a.png"), text, 0o666) != nil || os.WriteFile(filepath.Join(dir, objectDir, "a.png"), text, 0o666) != nil {
			return
		}
		folder := formatstest.Folder(t, dir)
		o := formats.ImportOptions{Workers: 1}
		o.Limits.ImagePixels = 1 << 16
		im, err := open(t.Context(), folder, o)
		if err != nil {
			return
		}
		defer im.Close()
		for _, err := range im.Items(t.Context()) {
			_ = err
		}
	})
}

// FuzzValues requires that values and names come back from XML text.
func FuzzValues(f *testing.F) {
	for _, s := range []string{"", "1", "true", "True", `"`, `"1"`, `"\"1\""`, " x ", "\x00", "ü", `\`, `"\`, "null", "[1, 2]", "NaN"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !utf8.ValidString(s) {
			return
		}
		through := func(text []byte) []byte {
			r := newScanner(append(xmltext.AppendText([]byte("<a><b>"), string(text)), "</b></a>"...))
			if _, err := r.begin(); err != nil {
				t.Fatal(err)
			}
			if _, err := r.next(); err != nil {
				t.Fatal(err)
			}
			return r.tree[0].text
		}
		if got := decodeName(through(encodeName(s))); got != s {
			t.Errorf("the name %q came back as %q", s, got)
		}
		raw := dataset.AppendString(nil, s)
		var back string
		if got := decodeValue(through(encodeValue(raw))); json.Unmarshal(got, &back) != nil || back != s {
			t.Errorf("the value %q came back as %s", s, got)
		}
		if json.Valid([]byte(s)) {
			var b bytes.Buffer
			json.Compact(&b, []byte(s))
			// The two characters may come back spelled in the other way.
			if got := decodeValue(through(encodeValue(b.Bytes()))); !bytes.Equal(escapeRare(got), escapeRare(b.Bytes())) {
				t.Errorf("the value %s came back as %s", b.Bytes(), got)
			}
		}
	})
}

// FuzzSides requires that boxes come back to the last bit.
func FuzzSides(f *testing.F) {
	f.Add(17.2, 1.005)
	f.Add(1e300, 1e-300)
	f.Add(math.Copysign(0, -1), 1.0/3)
	f.Add(4503599627370497.5, 0.1)
	f.Fuzz(func(t *testing.T, at, length float64) {
		if !decimal.Finite(at, length) || length < 0 {
			return
		}
		for _, one := range []bool{false, true} {
			w := xmlWriter{itemWriter: &itemWriter{exporter: &exporter{oneBased: one}}}
			r := reader{oneBased: one}
			from, to := w.side(at, length)
			a, ok1 := decimal.Parse(from.String())
			b, ok2 := decimal.Parse(to.String())
			if !ok1 || !ok2 {
				t.Fatalf("%s and %s are not read", from, to)
			}
			if x, n := r.side(a, b); x != at || n != length {
				t.Fatalf("%v, %v came back as %v, %v", at, length, x, n)
			}
		}
	})
}
