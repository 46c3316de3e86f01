package cocotest

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDiffJSON(t *testing.T) {
	for _, test := range []struct{ a, b, want string }{
		{`{"a":1,"b":[1,2]}`, "\ufeff{\"b\":[1.0,2e0],\n\"a\":1}", ""},
		{`{"a":1}`, `{"a":2}`, "f.a: 2, want 1"},
		{`{"a":1}`, `{}`, "f.a: missing"},
		{`{}`, `{"a":1}`, "f.a: not in the original"},
		{`[1,2]`, `[2,1]`, "f[0]: 2, want 1\nf[1]: 1, want 2"},
		{`[1,2]`, `[1]`, "f: 1 entries, want 2"},
		{`[{"x":[true,null,"s"]}]`, `[{"x":[true,null,"s"]}]`, ""},
		{`[null]`, `[0]`, "f[0]: 0, want <nil>"},
		{`["1"]`, `[1]`, "f[0]: 1, want 1"},
		{`9007199254740993`, `9007199254740992`, "f: 9007199254740992, want 9007199254740993"},
		{`[NaN,-Infinity,"NaN \" Infinity"]`, `[null,null,"NaN \" Infinity"]`, ""},
		{`["NaN",NaN]`, `[null,null]`, "f[0]: <nil>, want NaN"},
	} {
		if got := strings.Join(DiffJSON("f", []byte(test.a), []byte(test.b)), "\n"); got != test.want {
			t.Errorf("%s and %s: %q, want %q", test.a, test.b, got, test.want)
		}
	}
	if got := DiffJSON("f", []byte("{}"), []byte("{")); len(got) != 1 {
		t.Errorf("broken text: %q", got)
	}
}

func picture(t *testing.T, level png.CompressionLevel, id uint8) string {
	t.Helper()
	m := image.NewNRGBA(image.Rect(0, 0, 2, 2))
	m.SetNRGBA(1, 0, color.NRGBA{id, 0, 0, 255})
	var b bytes.Buffer
	enc := png.Encoder{CompressionLevel: level}
	if err := enc.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	base := map[string]string{"a.json": "{}", "images/x.jpg": "x", "annotations/p/x.png": picture(t, png.NoCompression, 1)}
	for _, test := range []struct{ name, content, want string }{
		{"a.json", "{ }", ""},
		{"a.json", `{"b":1}`, "a.json.b: not in the original"},
		{"images/x.jpg", "y", "images/x.jpg: the bytes differ"},
		{"images/y.jpg", "y", "images/y.jpg: not in the original"},
		{"images/x.jpg", "", "images/x.jpg: missing"},
		{"annotations/p/x.png", picture(t, png.BestCompression, 1), ""},
		{"annotations/p/x.png", picture(t, png.BestCompression, 2), "annotations/p/x.png: pixel (1, 0) is {2 0 0 255}, want {1 0 0 255}"},
	} {
		want, got := t.TempDir(), t.TempDir()
		put := func(dir, name, content string) {
			p := filepath.Join(dir, name)
			if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p, []byte(content), 0o666); err != nil {
				t.Fatal(err)
			}
		}
		for name, content := range base {
			put(want, name, content)
			if name != test.name {
				put(got, name, content)
			}
		}
		if test.content != "" {
			put(got, test.name, test.content)
		}
		if lines := strings.Join(Diff(want, got), "\n"); lines != test.want {
			t.Errorf("%s: %q, want %q", test.name, lines, test.want)
		}
	}
	if got := Diff(t.TempDir(), filepath.Join(t.TempDir(), "no")); len(got) != 1 {
		t.Errorf("no folder: %q", got)
	}
}
