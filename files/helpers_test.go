package files

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var kinds = []string{"zip", "tar", "tar.gz", "tar.zst"}

// noise is content that does not pack, text is content that does.
func noise(seed uint64, n int) []byte {
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	b := make([]byte, n)
	rand.NewChaCha8(key).Read(b)
	return b
}

func text(seed, n int) []byte {
	line := fmt.Appendf(nil, "%d 0.5 0.25 0.125 0.0625\n", seed)
	return bytes.Repeat(line, n/len(line)+1)[:n]
}

// sampleTree has a bit of everything that is in datasets.
func sampleTree() map[string][]byte {
	return map[string][]byte{
		"data.yaml":                     []byte("names: [cat, dog]\n"),
		"empty.txt":                     {},
		"images/train/1.jpg":            noise(1, 3000),
		"images/train/A B (2).JPG":      noise(2, 70_000),
		"images/train/ü/日本.png":         noise(3, 10),
		"images/val/1.jpg":              noise(4, 1),
		"labels/train/1.txt":            text(1, 100),
		"labels/train/big.txt":          text(2, 3<<19),
		"labels/train/noise.txt":        noise(5, spoolInMemory+4321),
		"labels/train.txt":              text(3, 5000),
		"labels/" + long("x", 120):      text(4, 600),
		long("d", 90) + "/" + "a/b.xml": text(5, 512),
	}
}

func long(s string, n int) string { return strings.Repeat(s, n) }

func names(tree map[string][]byte) []string { return slices.Sorted(maps.Keys(tree)) }

// writeTree writes files into a folder of this machine.
func writeTree(t testing.TB, dir string, tree map[string][]byte) {
	t.Helper()
	for name, b := range tree {
		p := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, b, 0o666); err != nil {
			t.Fatal(err)
		}
	}
}

// pack returns an archive of files.
func pack(t testing.TB, kind string, tree map[string][]byte) []byte {
	t.Helper()
	var out bytes.Buffer
	w, err := NewWriter(&out, kind)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names(tree) {
		if err := w.Add(name, int64(len(tree[name])), bytes.NewReader(tree[name])); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// openBytes opens an archive that is made for a test.
func openBytes(t testing.TB, name string, b []byte, l Limits) (*Folder, error) {
	t.Helper()
	p := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(p, b, 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := Open(p, l)
	if err == nil {
		t.Cleanup(func() { f.Close() })
	}
	return f, err
}

func mustOpen(t testing.TB, name string, b []byte) *Folder {
	t.Helper()
	f, err := openBytes(t, name, b, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// contents reads all of a folder through its listings: names and checksums.
func contents(f *Folder) (map[string]string, error) {
	all := map[string]string{}
	err := fs.WalkDir(walkable{f}, ".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		st, err := e.Info()
		if err != nil {
			return err
		}
		file, err := f.OpenFile(name)
		if err != nil {
			return err
		}
		defer file.Close()
		sum := sha256.New()
		n, err := io.Copy(sum, file)
		if err == nil && n != st.Size() {
			err = fmt.Errorf("%s: %d bytes of %d", name, n, st.Size())
		}
		all[name] = fmt.Sprintf("%x", sum.Sum(nil))
		return err
	})
	return all, err
}

// walkable shows the ReadDir of a Folder to fs.WalkDir.
type walkable struct{ *Folder }

func (w walkable) Open(name string) (fs.File, error) { return w.Folder.Open(name) }

func checksums(tree map[string][]byte) map[string]string {
	all := map[string]string{}
	for name, b := range tree {
		all[name] = fmt.Sprintf("%x", sha256.Sum256(b))
	}
	return all
}
