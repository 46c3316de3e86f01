package files

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestKindOf(t *testing.T) {
	for name, want := range map[string]string{
		"x.zip": "zip", "X.ZIP": "zip", "a/b.tar": "tar", "x.tar.gz": "tar.gz", "x.TGZ": "tar.gz", "x.tar.zst": "tar.zst",
		"x": "", "zip": "", "x.gz": "", "x.zst": "", "x.tar.bz2": "", "x.zip/": "",
	} {
		if kind, ok := KindOf(name); kind != want || ok != (want != "") {
			t.Errorf("%s: %q %v", name, kind, ok)
		}
	}
	if _, err := NewWriter(io.Discard, "rar"); err == nil {
		t.Error("a kind that is not written")
	}
}

func TestZipEntriesWritten(t *testing.T) {
	b := pack(t, "zip", map[string][]byte{"a.JPG": noise(1, 10), "b.txt": text(1, 9000), "ü.png": noise(2, 5), "e.txt": nil, "s.mp4": text(1, 900)})
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	methods := map[string]uint16{"a.JPG": zip.Store, "b.txt": zip.Deflate, "ü.png": zip.Store, "e.txt": zip.Store, "s.mp4": zip.Store}
	for _, f := range z.File {
		if f.Method != methods[f.Name] || f.Mode() != 0o644 || !f.Modified.Equal(time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)) {
			t.Errorf("%s: method %d, mode %v, %v", f.Name, f.Method, f.Mode(), f.Modified)
		}
		if (f.Name == "ü.png") != (f.Flags&0x800 != 0) {
			t.Errorf("%s: flags %x", f.Name, f.Flags)
		}
	}
}

// After an error nothing more is written that could look whole.
func TestWriterRefuses(t *testing.T) {
	broken := errors.New("broken")
	for _, kind := range kinds {
		for what, bad := range map[string]func(w *Writer) error{
			"too short":    func(w *Writer) error { return w.Add("x", 5, strings.NewReader("1234")) },
			"too long":     func(w *Writer) error { return w.Add("x", 3, strings.NewReader("1234")) },
			"negative":     func(w *Writer) error { return w.Add("x", -1, strings.NewReader("")) },
			"same name":    func(w *Writer) error { return w.Add("a/ok", 0, strings.NewReader("")) },
			"a folder":     func(w *Writer) error { return w.Add("a", 0, strings.NewReader("")) },
			"below a file": func(w *Writer) error { return w.Add("a/ok/b", 0, strings.NewReader("")) },
			"slash":        func(w *Writer) error { return w.Add("x/", 0, strings.NewReader("")) },
			"dot":          func(w *Writer) error { return w.Add("./x", 0, strings.NewReader("")) },
			"broken":       func(w *Writer) error { return w.Add("x", 9, brokenReader{strings.NewReader("12"), broken}) },
			"no folder":    func(w *Writer) error { return w.AddFolder(filepath.Join(t.TempDir(), "none")) },
		} {
			var out bytes.Buffer
			w, err := NewWriter(&out, kind)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Add("a/ok", 2, strings.NewReader("ok")); err != nil {
				t.Fatal(err)
			}
			if err := bad(w); err == nil {
				t.Errorf("%s, %s: no error", kind, what)
			}
			if w.Add("later", 0, strings.NewReader("")) == nil || w.AddFolder(".") == nil || w.Close() == nil || w.Close() == nil {
				t.Errorf("%s, %s: the error was forgotten", kind, what)
			}
			if _, err := openBytes(t, "x."+kind, out.Bytes(), Limits{}); !errors.Is(err, ErrArchive) {
				t.Errorf("%s, %s: what was written opens: %v", kind, what, err)
			}
		}
	}
}

func TestWriterClosed(t *testing.T) {
	for _, kind := range kinds {
		var out bytes.Buffer
		w, err := NewWriter(&out, kind)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(w.Close(), w.Close()); err != nil {
			t.Error(kind, err)
		}
		if err := w.Add("x", 0, strings.NewReader("")); !errors.Is(err, fs.ErrClosed) {
			t.Error(kind, err)
		}
		if got := mustOpen(t, "x."+kind, out.Bytes()).List(); len(got.All()) != 0 || !got.Complete {
			t.Error(kind, got.All())
		}
		if w, err = NewWriter(fullDisk{}, kind); err != nil {
			t.Fatal(err)
		}
		big := noise(1, 2<<20)
		if err := errors.Join(w.Add("x.jpg", int64(len(big)), bytes.NewReader(big)), w.Close()); !errors.Is(err, errFull) {
			t.Error(kind, err)
		}
	}
}

type fullDisk struct{}

var errFull = errors.New("no space left")

func (fullDisk) Write([]byte) (int, error) { return 0, errFull }

func TestAddFolder(t *testing.T) {
	tree := sampleTree()
	tree[".hidden/.x"] = []byte("kept")
	dir := t.TempDir()
	writeTree(t, dir, tree)
	if err := os.Mkdir(filepath.Join(dir, "no files"), 0o777); err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		b := packFolder(t, kind, dir)
		if again := packFolder(t, kind, dir); !bytes.Equal(b, again) {
			t.Errorf("%s: the same folder gives other bytes", kind)
		}
		f := mustOpen(t, "x", b)
		if kept, err := f.ReadFile(".hidden/.x", 10); err != nil || string(kept) != "kept" {
			t.Error(kind, err)
		}
		want := checksums(tree)
		delete(want, ".hidden/.x")
		if got, err := contents(f); err != nil || !maps.Equal(got, want) {
			t.Errorf("%s: %v, %v", kind, got, err)
		}
	}
	if err := os.Symlink("data.yaml", filepath.Join(dir, "link")); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
	w, _ := NewWriter(io.Discard, "tar")
	if err := w.AddFolder(dir); !errors.Is(err, ErrLeaves) || !strings.Contains(err.Error(), "link") {
		t.Error(err)
	}
}

func packFolder(t *testing.T, kind, dir string) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, kind)
	if err == nil {
		err = errors.Join(w.AddFolder(dir), w.Close())
	}
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}
