package modelfile

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/formats"
)

// models are small ones of each kind; the first file is the one to open.
var models = []struct {
	kind    Kind
	names   []string
	content [][]byte
}{
	{IR, []string{"m.xml", "m.bin"}, [][]byte{irText(3 << 20), bytes.Repeat([]byte("weights!"), 3<<20/8)}},
	{IR, []string{"m.v2.xml", "m.v2.bin"}, [][]byte{irText(4), {1, 2, 3, 4}}},
	{IR, []string{"alone.xml"}, [][]byte{irText(0)}},
	{IR, []string{"empty.xml", "empty.bin"}, [][]byte{append([]byte("\xef\xbb\xbf \n"), irText(0)...), {}}},
	{ONNX, []string{"a model.onnx"}, [][]byte{onnxModel(bytesField(5, tensor(false)))}},
	{ONNX, []string{"named.otherwise"}, [][]byte{onnxModel()}},
	{Compiled, []string{"c.blob"}, [][]byte{blob}},
}

// Plain or sealed, it is the same model.
func TestPlainAndSealed(t *testing.T) {
	k := newKey(t)
	for _, m := range models {
		t.Run(m.names[0], func(t *testing.T) {
			files := map[string][]byte{}
			for i, name := range m.names {
				files[name] = m.content[i]
			}
			plain := filepath.Join(put(t, files), m.names[0])
			file := seal(t, plain, k)
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			for _, c := range m.content {
				if len(c) > 16 && bytes.Contains(raw, c[:16]) {
					t.Error("the sealed file shows its content")
				}
			}
			one, two := load(t, plain, false, m.kind, m.content), load(t, file, true, m.kind, m.content)
			if one != two {
				t.Errorf("the hashes are %s and %s", one, two)
			}
			checkParts(t, file, m.names, m.content)
		})
	}
}

func load(t *testing.T, path string, sealed bool, kind Kind, content [][]byte) Hash {
	t.Helper()
	m, err := Load(t.Context(), path, newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	var weights []byte
	if len(content) > 1 {
		weights = content[1]
	}
	if m.Kind != kind || m.Sealed != sealed || !bytes.Equal(m.Model, content[0]) || !bytes.Equal(m.Weights, weights) || (m.Weights == nil) != (weights == nil) {
		t.Errorf("%s, sealed %v, %d and %d bytes", m.Kind, m.Sealed, len(m.Model), len(m.Weights))
	}
	for range 2 {
		if err := m.Close(); err != nil || m.Model != nil || m.Weights != nil {
			t.Errorf("closed: %v, %d and %d bytes", err, len(m.Model), len(m.Weights))
		}
	}
	return m.Hash
}

// checkParts takes a sealed file apart again.
func checkParts(t *testing.T, file string, names []string, content [][]byte) {
	t.Helper()
	f, err := Open(file, newKey(t))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if len(f.Parts) != len(names) {
		t.Fatalf("%d parts", len(f.Parts))
	}
	for i, p := range f.Parts {
		var out bytes.Buffer
		if err := f.Extract(t.Context(), &out, i); err != nil || !bytes.Equal(out.Bytes(), content[i]) {
			t.Errorf("part %d: %d bytes, %v", i, out.Len(), err)
		}
		if p.Name != names[i] || p.Size != int64(len(content[i])) || p.SHA256 == (Hash{}) {
			t.Errorf("part %d: %+v", i, p)
		}
	}
}

// What is no model, and what is not all of one.
func TestRefused(t *testing.T) {
	for name, test := range map[string]struct {
		files map[string][]byte
		want  error
		says  string
	}{
		"nothing":            {nil, formats.ErrUnknownFormat, "m.xml: there is no such file"},
		"an empty file":      {map[string][]byte{"m.xml": {}}, formats.ErrUnknownFormat, "no model that is known"},
		"text":               {map[string][]byte{"m.xml": []byte("hello, this is text")}, formats.ErrUnknownFormat, "no model that is known"},
		"another XML":        {map[string][]byte{"m.xml": []byte("<?xml version='1.0'?><annotation/>")}, formats.ErrUnknownFormat, "no model"},
		"zeros":              {map[string][]byte{"m.xml": make([]byte, 5000)}, formats.ErrUnknownFormat, "no model"},
		"a TensorFlow graph": {map[string][]byte{"m.xml": bytes.Repeat(bytesField(1, bytesField(1, []byte("conv"))), 4)}, formats.ErrUnknownFormat, "no model"},
		"no weights":         {map[string][]byte{"m.xml": irText(100)}, formats.ErrCorrupt, "100 bytes should be in m.bin"},
		"short weights":      {map[string][]byte{"m.xml": irText(100), "m.bin": make([]byte, 99)}, formats.ErrCorrupt, "there are 99"},
		"external data":      {map[string][]byte{"m.xml": onnxModel(bytesField(5, tensor(true)))}, formats.ErrUnknownFormat, "lies in other files"},
		"cut ONNX":           {map[string][]byte{"m.xml": onnxModel(bytesField(5, tensor(false)))[:25]}, formats.ErrUnknownFormat, "no model"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Open(filepath.Join(put(t, test.files), "m.xml"), nil)
			if !errors.Is(err, test.want) || !strings.Contains(err.Error(), test.says) {
				t.Errorf("%v", err)
			}
		})
	}
	if _, err := Open(t.TempDir(), nil); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Errorf("a folder: %v", err)
	}
}

// Sealed, but not right.
func TestRefusedSealed(t *testing.T) {
	k := newKey(t)
	dir := put(t, map[string][]byte{"m.xml": irText(50_000), "m.bin": make([]byte, 50_000)})
	file := seal(t, filepath.Join(dir, "m.xml"), k)
	good, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	changed := func(at int) string {
		b := bytes.Clone(good)
		b[at] ^= 1
		return filepath.Join(put(t, map[string][]byte{"f": b}), "f")
	}
	whole := good[:len(good)-1]
	for name, test := range map[string]struct {
		path string
		want error
	}{
		"the salt changed":    {changed(30), formats.ErrKey},
		"its end changed":     {changed(len(good) - 1), formats.ErrAuthentication},
		"its middle changed":  {changed(len(good) / 2), formats.ErrAuthentication},
		"a byte less":         {filepath.Join(put(t, map[string][]byte{"f": whole}), "f"), formats.ErrAuthentication},
		"another purpose":     {sealContent(t, k, "compiled-model", []byte("x")), formats.ErrUnknownFormat},
		"nothing in it":       {sealContent(t, k, Purpose, nil), formats.ErrCorrupt},
		"no manifest":         {sealContent(t, k, Purpose, make([]byte, 3)), formats.ErrCorrupt},
		"a longer manifest":   {sealContent(t, k, Purpose, []byte{0xff, 0xff, 0xff, 0xff}), formats.ErrCorrupt},
		"an empty manifest":   {sealContent(t, k, Purpose, []byte{0, 0, 0, 0}), formats.ErrCorrupt},
		"a newer sealed file": {changed(12), formats.ErrUnknownFormat},
	} {
		m, err := Load(t.Context(), test.path, k)
		if m != nil || !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Open(file, nil); !errors.Is(err, formats.ErrKey) || formats.Hint(err) == "" {
		t.Errorf("without a key: %v", err)
	}
	for _, path := range []string{changed(12), sealContent(t, k, "compiled-model", []byte("x"))} {
		if _, err := Open(path, nil); !errors.Is(err, formats.ErrUnknownFormat) || formats.Hint(err) != "" {
			t.Errorf("without a key that would not help: %v", err)
		}
	}
	if _, err := Open(file, otherKey(t)); !errors.Is(err, formats.ErrKey) || strings.Contains(err.Error(), "datum-") {
		t.Errorf("with another key: %v", err)
	}
	gone := newKey(t)
	gone.Destroy()
	if _, err := Open(file, gone); !errors.Is(err, formats.ErrKey) {
		t.Errorf("with a destroyed key: %v", err)
	}
}

// The hashes of the manifest are compared.
func TestHashIsCompared(t *testing.T) {
	k := newKey(t)
	m := manifest{manifestVersion, []Part{{Name: "c.blob", Role: RoleBlob, Size: int64(len(blob)), SHA256: Hash{1}}}}
	content, err := m.append(bytes.Clone(blob))
	if err != nil {
		t.Fatal(err)
	}
	path := sealContent(t, k, Purpose, content)
	if m, err := Load(t.Context(), path, k); m != nil || !errors.Is(err, formats.ErrAuthentication) {
		t.Errorf("loaded: %v", err)
	}
	f, err := Open(path, k)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Extract(t.Context(), &bytes.Buffer{}, 0); !errors.Is(err, formats.ErrAuthentication) {
		t.Errorf("extracted: %v", err)
	}
}

// A plain file that changes its length while it is sealed is noticed.
func TestFileThatChangesItsLength(t *testing.T) {
	for name, length := range map[string]int64{"shorter": 1 << 20, "longer": 5<<20 + 1} {
		dir := put(t, map[string][]byte{"m.xml": irText(100), "m.bin": make([]byte, 5<<20)})
		f, err := Open(filepath.Join(dir, "m.xml"), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer f.Close()
		if err := os.Truncate(filepath.Join(dir, "m.bin"), length); err != nil {
			t.Fatal(err)
		}
		if err := f.Seal(t.Context(), &bytes.Buffer{}, newKey(t)); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	dir := put(t, map[string][]byte{"c.blob": blob})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Load(ctx, filepath.Join(dir, "c.blob"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestShownName(t *testing.T) {
	for in, want := range map[string]string{"/a/b.xml": "b.xml", "a\nb\x00": "a_b_", "\xff.onnx": "_.onnx", strings.Repeat("ä", 200): strings.Repeat("ä", 127)} {
		if got := shownName(in); got != want || checkName(got) != nil {
			t.Errorf("%q: %q, %v", in, got, checkName(got))
		}
	}
}

// What cannot be written is said, and what cannot be read of a sealed file, too.
func TestSealErrors(t *testing.T) {
	dir := put(t, map[string][]byte{"c.blob": append(blob, make([]byte, 1<<20)...)})
	f, err := Open(filepath.Join(dir, "c.blob"), nil)
	if err != nil {
		t.Fatal(err)
	}
	full := errors.New("the disk is full")
	for _, room := range []int{0, 300_000, 900_000} {
		if err := f.Seal(t.Context(), &limited{room, full}, newKey(t)); !errors.Is(err, full) {
			t.Errorf("with room for %d bytes: %v", room, err)
		}
	}
	gone := newKey(t)
	gone.Destroy()
	if err := f.Seal(t.Context(), &bytes.Buffer{}, gone); !errors.Is(err, formats.ErrKey) {
		t.Errorf("a destroyed key: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Error(err)
	}
	if err := f.Close(); err != nil {
		t.Errorf("closed twice: %v", err)
	}
	if err := f.Seal(t.Context(), &bytes.Buffer{}, newKey(t)); err == nil {
		t.Error("a closed model was sealed")
	}
}

// limited is a writer that has room for so many bytes.
type limited struct {
	room int
	err  error
}

func (l *limited) Write(p []byte) (int, error) {
	if l.room -= len(p); l.room < 0 {
		return 0, l.err
	}
	return len(p), nil
}

func TestRecognised(t *testing.T) {
	dir := put(t, map[string][]byte{
		"m.xml": irText(100), "m.onnx": onnxModel(), "m.blob": blob, "sealed": []byte("datum-sealed"), "text": []byte("hello"), "empty": nil,
	})
	for name, want := range map[string]bool{"m.xml": true, "m.onnx": true, "m.blob": true, "sealed": true, "text": false, "empty": false, "nothing": false, ".": false} {
		if got := Recognised(filepath.Join(dir, name)); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
