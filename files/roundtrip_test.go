package files

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
)

func TestRoundTrip(t *testing.T) {
	tree := sampleTree()
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			packed := pack(t, kind, tree)
			if again := pack(t, kind, tree); !bytes.Equal(packed, again) {
				t.Error("the same files give other bytes")
			}
			stream, err := OpenStream(onlyReader{bytes.NewReader(packed)}, "-", Limits{})
			if err != nil {
				t.Fatal(err)
			}
			defer stream.Close()
			for where, f := range map[string]*Folder{"file": mustOpen(t, "any.name", packed), "stream": stream} {
				got, err := contents(f)
				if err != nil {
					t.Fatal(where, err)
				}
				if !maps.Equal(got, checksums(tree)) {
					t.Errorf("%s: other content: %v", where, got)
				}
			}
		})
	}
}

// onlyReader hides that a reader can seek.
type onlyReader struct{ io.Reader }

func TestListingsAreEqual(t *testing.T) {
	tree := sampleTree()
	tree["__MACOSX/images/._1.jpg"], tree[".hidden/x.txt"], tree["images/.DS_Store"] = []byte("x"), []byte("x"), []byte("x")
	dir := t.TempDir()
	writeTree(t, dir, tree)
	plain, err := Open(dir, Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer plain.Close()
	want := plain.List()
	for _, kind := range kinds {
		f := mustOpen(t, "x."+kind, pack(t, kind, tree))
		got := f.List()
		if !slices.Equal(got.Folders(), want.Folders()) || !slices.Equal(got.All(), want.All()) || got.Complete != want.Complete {
			t.Errorf("%s: other listing: %q", kind, got.All())
		}
		if !reflect.DeepEqual(got.dirs, want.dirs) {
			t.Errorf("%s: the listings differ", kind)
		}
		for _, name := range []string{".", "images", "images/train", "labels/train.txt", "none", "labels/train.txt/x"} {
			if f.Has(name) != plain.Has(name) || f.HasDir(name) != plain.HasDir(name) {
				t.Errorf("%s: %s is something else", kind, name)
			}
		}
		sub, other := f.Sub("images"), plain.Sub("images")
		if !slices.Equal(sub.List().All(), other.List().All()) {
			t.Errorf("%s: other listing of a folder in it", kind)
		}
	}
}

// The standard library knows best what a file system has to do.
func TestTreeIsAnFS(t *testing.T) {
	tree := map[string][]byte{"a/b/c.txt": text(1, 500), "a/b.txt": {}, "a/x.jpg": noise(1, 300), "z": noise(2, 20)}
	for _, kind := range kinds {
		f := mustOpen(t, "x", pack(t, kind, tree))
		if err := fstest.TestFS(f.tree, names(tree)...); err != nil {
			t.Errorf("%s: %v", kind, err)
		}
	}
}

func TestRandomAccess(t *testing.T) {
	tree := sampleTree()
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			f := mustOpen(t, "x", pack(t, kind, tree))
			var wg sync.WaitGroup
			for _, name := range names(tree) {
				file, err := f.OpenFile(name)
				if err != nil {
					t.Fatal(err)
				}
				defer file.Close()
				for worker := range 3 {
					wg.Go(func() { readPieces(t, file, tree[name], uint64(worker)) })
				}
				wg.Go(func() { readOwn(t, f, name, tree[name]) })
			}
			wg.Wait()
		})
	}
}

// readPieces reads a file that others read, too.
func readPieces(t *testing.T, file File, want []byte, seed uint64) {
	random := rand.New(rand.NewPCG(seed, 1))
	for range 20 {
		off := random.IntN(len(want) + 1)
		b := make([]byte, random.IntN(100_000))
		n, err := file.ReadAt(b, int64(off))
		if n < len(b) && err != io.EOF || n == len(b) && err != nil && err != io.EOF {
			t.Errorf("%d bytes and %v", n, err)
		}
		if expect := want[off:min(off+len(b), len(want))]; !bytes.Equal(b[:n], expect) {
			t.Errorf("other bytes at %d", off)
		}
	}
	if n, err := file.ReadAt(make([]byte, 1), int64(len(want))); n != 0 || err != io.EOF {
		t.Errorf("at the end: %d bytes and %v", n, err)
	}
}

// readOwn reads and seeks by turns.
func readOwn(t *testing.T, f *Folder, name string, want []byte) {
	file, err := f.OpenFile(name)
	if err != nil {
		t.Error(err)
		return
	}
	defer file.Close()
	check := func(offset int64, whence int, at int64) {
		if got, err := file.Seek(offset, whence); err != nil || got != at {
			t.Errorf("%s: seek to %d: %d, %v", name, at, got, err)
		}
		half := make([]byte, (int64(len(want))-at)/2)
		if _, err := io.ReadFull(file, half); err != nil || !bytes.Equal(half, want[at:][:len(half)]) {
			t.Errorf("%s: from %d: %v", name, at, err)
		}
	}
	size := int64(len(want))
	check(0, io.SeekStart, 0)
	check(0, io.SeekCurrent, size/2)
	check(0, io.SeekStart, 0)
	check(-size, io.SeekEnd, 0)
	check(size/3, io.SeekStart, size/3)
	check(0, io.SeekStart, 0)
	check(-size/4, io.SeekEnd, size-size/4)
	if rest, err := io.ReadAll(file); err != nil || len(rest) != int(size/4)-int(size/4)/2 {
		t.Errorf("%s: the rest: %d bytes, %v", name, len(rest), err)
	}
	if _, err := file.Seek(-1, io.SeekStart); err == nil {
		t.Errorf("%s: seek in front of the file", name)
	}
}

func TestSingleFileAndFolder(t *testing.T) {
	dir := t.TempDir()
	mnist := pack(t, "tar.gz", nil) // packed, and no tar with files
	writeTree(t, dir, map[string][]byte{"a/x.json": []byte("{}"), "a/train-idx3-ubyte.gz": mnist, "a/tiny": {1}})
	for name, only := range map[string]string{"a": "", "a/x.json": "x.json", "a/train-idx3-ubyte.gz": "train-idx3-ubyte.gz", "a/tiny": "tiny"} {
		f, err := Open(filepath.Join(dir, name), Limits{})
		if err != nil {
			t.Fatal(err)
		}
		if f.Only() != only || !f.Has("x.json") {
			t.Errorf("%s: only %q", name, f.Only())
		}
		f.Close()
	}
	if _, err := Open(filepath.Join(dir, "none"), Limits{}); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestArchiveFolder(t *testing.T) {
	f := mustOpen(t, "cats.zip", pack(t, "zip", map[string][]byte{"top/a.txt": []byte("a"), "top/inner.zip": pack(t, "zip", nil)}))
	if f.Base() != "cats.zip" || f.Only() != "" {
		t.Error(f.Base(), f.Only())
	}
	if _, ok := f.Local("top/a.txt"); ok {
		t.Error("a file of an archive has a path of this machine")
	}
	if _, _, err := f.Parent(); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if !f.Has("top/inner.zip") || f.HasDir("top/inner.zip") {
		t.Error("an archive in an archive is a file")
	}
	if up, name, err := f.Sub("top").Parent(); err != nil || name != "top" || !up.HasDir("top") {
		t.Error(name, err)
	}
	if _, err := f.OpenFile("top"); err == nil {
		t.Error("a folder opened as a file")
	}
	if b, err := f.ReadFile("top/a.txt", 1); err != nil || string(b) != "a" {
		t.Error(b, err)
	}
}

// Other programs read what is written, and what they write is read.
func TestOtherPrograms(t *testing.T) {
	tree := sampleTree()
	dir := t.TempDir()
	for _, kind := range kinds {
		if err := os.WriteFile(filepath.Join(dir, "x."+kind), pack(t, kind, tree), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	const py = `import sys,zipfile,tarfile
z=zipfile.ZipFile("x.zip"); assert z.testzip() is None
names=sorted(z.namelist()); print(len(names))
for k in ("tar","tar.gz"):
    t=tarfile.open("x."+k); assert sorted(t.getnames())==names, t.getnames()
    for m in t: assert t.extractfile(m).read()==z.read(m.name) and m.mode==0o644 and m.mtime==m.uid==0 and not m.uname
`
	for _, c := range [][]string{
		{"python3", "-c", py}, {"unzip", "-tqq", "x.zip"}, {"tar", "tf", "x.tar"}, {"tar", "tzf", "x.tar.gz"}, {"zstd", "-tq", "x.tar.zst"},
	} {
		t.Run(strings.Join(c[:2], " "), func(t *testing.T) {
			if _, err := exec.LookPath(c[0]); err != nil {
				t.Skipf("SKIPPED, not compared with another program: %v", err)
			}
			cmd := exec.Command(c[0], c[1:]...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Errorf("%v\n%s", err, out)
			}
		})
	}
}

func TestReadsOtherPrograms(t *testing.T) {
	tree := sampleTree()
	from := t.TempDir()
	writeTree(t, from, tree)
	for name, c := range map[string][]string{
		"python.zip": {"python3", "-c", "import shutil,sys; shutil.make_archive(sys.argv[1][:-4],'zip','.')"},
		"python.tgz": {"python3", "-c", "import tarfile,sys; t=tarfile.open(sys.argv[1],'w:gz'); t.add('.'); t.close()"},
		"zip.zip":    {"zip", "-qr"},
		"gnu.tar":    {"tar", "--format=gnu", "-cf"},
		"pax.tar":    {"tar", "--format=posix", "-cf"},
		"gnu.tgz":    {"tar", "-czf"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath(c[0]); err != nil {
				t.Skipf("SKIPPED, not compared with another program: %v", err)
			}
			to := filepath.Join(t.TempDir(), name)
			args := append(c[1:len(c):len(c)], to)
			if c[0] != "python3" {
				args = append(args, ".")
			}
			cmd := exec.Command(c[0], args...)
			cmd.Dir = from
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, out)
			}
			f, err := Open(to, Limits{})
			if err != nil {
				t.Fatal(err)
			}
			defer f.Close()
			if got, err := contents(f); err != nil || !maps.Equal(got, checksums(tree)) {
				t.Errorf("%v %v", got, err)
			}
		})
	}
}
