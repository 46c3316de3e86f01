package files

import (
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// openDirOf opens a folder that is made of files.
func openDirOf(t *testing.T, list ...string) (*Folder, string) {
	t.Helper()
	dir, tree := t.TempDir(), map[string][]byte{}
	for _, name := range list {
		tree[name] = []byte(name)
	}
	writeTree(t, dir, tree)
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, dir
}

func symlink(t *testing.T, to string, at ...string) {
	t.Helper()
	if err := os.Symlink(to, filepath.Join(at...)); err != nil {
		t.Skipf("no symbolic links here: %v", err)
	}
}

func TestPathsThatLeave(t *testing.T) {
	f, dir := openDirOf(t, "a/x.txt", "b/y.txt")
	sub := f.Sub("a")
	for _, name := range []string{"..", "../x", "/etc/passwd", "a/../../x", "a\x00b", "", filepath.Join(dir, "a")} {
		for _, folder := range []*Folder{f, sub} {
			_, openErr := folder.OpenFile(name)
			_, statErr := folder.Stat(name)
			_, listErr := folder.ReadDir(name)
			for _, err := range []error{openErr, statErr, listErr} {
				var p *fs.PathError
				if !errors.Is(err, ErrLeaves) || !errors.As(err, &p) || p.Path != name {
					t.Errorf("%q: %v", name, err)
				}
			}
			if folder.Has(name) || folder.HasDir(name) {
				t.Errorf("%q is there", name)
			}
		}
	}
	if b, err := f.ReadFile("a/../b/y.txt", 100); err != nil || string(b) != "b/y.txt" {
		t.Errorf("a path that stays: %q %v", b, err)
	}
}

func TestSubsThatLeave(t *testing.T) {
	f, _ := openDirOf(t, "a/x.txt", "b/y.txt")
	for what, sub := range map[string]*Folder{
		"..": f.Sub(".."), "a → ../b": f.Sub("a").Sub("../b"), "/": f.Sub("/b"), ".. → x": f.Sub("..").Sub("b"),
	} {
		if _, err := sub.ReadDir("."); !errors.Is(err, ErrLeaves) {
			t.Errorf("%s: %v", what, err)
		}
		if _, err := sub.OpenFile("y.txt"); !errors.Is(err, ErrLeaves) {
			t.Errorf("%s: %v", what, err)
		}
		if _, _, err := sub.Parent(); err == nil && what != ".. → x" {
			t.Errorf("%s: it has a parent", what)
		}
	}
	for _, same := range []string{"", "."} {
		if !f.Sub(same).Has("b/y.txt") {
			t.Errorf("%q is not the folder itself", same)
		}
	}
}

func TestLinksThatLeave(t *testing.T) {
	outside := t.TempDir()
	writeTree(t, outside, map[string][]byte{"secret.txt": []byte("secret")})
	f, dir := openDirOf(t, "in/x.txt")
	for at, to := range map[string]string{
		"absolute.txt": filepath.Join(outside, "secret.txt"), "relative.txt": "../" + filepath.Base(outside) + "/secret.txt",
		"folder": outside, "in/up": "../..", "inside.txt": "in/x.txt", "round": ".", "dead.txt": "none", "itself": "itself",
		"absolute inside.txt": filepath.Join(dir, "in", "x.txt"),
	} {
		symlink(t, to, dir, at)
	}
	for _, name := range []string{"absolute.txt", "relative.txt", "folder/secret.txt", "folder", "in/up", "in/up/x", "absolute inside.txt"} {
		if _, err := f.OpenFile(name); !errors.Is(err, ErrLeaves) || !Leaves(err) {
			t.Errorf("%s: %v", name, err)
		}
		if f.Has(name) || f.HasDir(name) {
			t.Errorf("%s is there", name)
		}
	}
	for _, name := range []string{"inside.txt", "round/round/in/x.txt"} {
		if b, err := f.ReadFile(name, 100); err != nil || string(b) != "in/x.txt" {
			t.Errorf("%s: %q %v", name, b, err)
		}
	}
	if _, err := f.OpenFile("dead.txt"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
	if _, err := f.OpenFile("itself"); err == nil {
		t.Error("a link to itself")
	}
	// Names of links are listed, so that nothing is lost unseen.
	want := []string{"absolute inside.txt", "absolute.txt", "dead.txt", "inside.txt", "relative.txt"}
	if got := f.List().Files(".", ".txt"); !slices.Equal(got, want) {
		t.Error(got)
	}
}

func TestFollowLinks(t *testing.T) {
	outside := t.TempDir()
	writeTree(t, outside, map[string][]byte{"x.jpg": []byte("outside")})
	f, dir := openDirOf(t, "annotations/a.json", "images/y.jpg")
	symlink(t, filepath.Join(outside, "x.jpg"), dir, "images", "x.jpg")
	f.FollowLinks()
	inner, err := OpenFolder(filepath.Join(dir, "annotations", "a.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer inner.Close()
	inner.FollowLinks()
	parent, _, err := inner.Parent()
	if err != nil {
		t.Fatal(err)
	}
	defer parent.Close()
	for what, folder := range map[string]*Folder{"itself": f, "of a sub": f.Sub("images").Sub("."), "parent": parent} {
		name := "images/x.jpg"
		if what == "of a sub" {
			name = "x.jpg"
		}
		if b, err := folder.ReadFile(name, 100); err != nil || string(b) != "outside" {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := f.OpenFile("../x"); !errors.Is(err, ErrLeaves) {
		t.Error("a path that leaves by itself:", err)
	}
}

func TestOnlyAndParent(t *testing.T) {
	_, dir := openDirOf(t, "annotations/a.json", "images/x.jpg")
	f, err := OpenFolder(filepath.Join(dir, "annotations", "a.json"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Only() != "a.json" || f.Base() != "annotations" || !f.Has("a.json") {
		t.Error(f.Only(), f.Base())
	}
	parent, name, err := f.Parent()
	if err != nil {
		t.Fatal(err)
	}
	defer parent.Close()
	if name != "annotations" || parent.Only() != "annotations/a.json" || !parent.Has("images/x.jpg") || parent.Path(".") != dir {
		t.Error(name, parent.Only(), parent.Path("."))
	}
	again, name, err := parent.Sub("annotations").Parent()
	if err != nil || name != "annotations" || again.Path(".") != dir || !again.Has("images/x.jpg") {
		t.Error(name, err)
	}
	if local, ok := again.Sub("images").Local("x.jpg"); !ok || local != filepath.Join(dir, "images", "x.jpg") {
		t.Error(local)
	}
}

func TestParentByRelativePath(t *testing.T) {
	_, dir := openDirOf(t, "annotations/a.json", "x.jpg")
	t.Chdir(filepath.Join(dir, "annotations"))
	for _, name := range []string{".", "a.json", "../annotations"} {
		f, err := OpenFolder(name)
		if err != nil {
			t.Fatal(err)
		}
		parent, base, err := f.Parent()
		if err != nil || base != "annotations" {
			t.Fatal(base, err)
		}
		// The path that people are shown is one that they can use.
		if b, err := os.ReadFile(parent.Path("x.jpg")); err != nil || string(b) != "x.jpg" {
			t.Error(name, err)
		}
		parent.Close()
		f.Close()
	}
	top, err := OpenFolder(filepath.VolumeName(dir) + string(filepath.Separator))
	if err != nil {
		t.Fatal(err)
	}
	defer top.Close()
	if _, _, err := top.Parent(); !errors.Is(err, fs.ErrNotExist) {
		t.Error("above the top:", err)
	}
}

func TestReadFile(t *testing.T) {
	f, _ := openDirOf(t, "12345", "d/x")
	for most, want := range map[int64]error{4: ErrLimit, 0: ErrLimit, 5: nil, 6: nil, math.MaxInt64: nil} {
		b, err := f.ReadFile("12345", most)
		if !errors.Is(err, want) || want == nil && string(b) != "12345" {
			t.Errorf("at most %d: %q, %v", most, b, err)
		}
	}
	if _, err := f.ReadFile("d", 100); err == nil || !strings.Contains(err.Error(), "folder") {
		t.Error(err)
	}
	if _, err := f.OpenFile("none"); !errors.Is(err, fs.ErrNotExist) {
		t.Error(err)
	}
}

func TestOpenFile(t *testing.T) {
	f, _ := openDirOf(t, "abc")
	in, err := f.OpenFile("abc")
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	b := make([]byte, 2)
	if _, err := in.ReadAt(b, 1); err != nil || string(b) != "bc" {
		t.Error(b, err)
	}
	if _, err := in.Seek(2, io.SeekStart); err != nil {
		t.Error(err)
	}
	if rest, err := io.ReadAll(in); err != nil || string(rest) != "c" {
		t.Error(rest, err)
	}
}

func TestReadDir(t *testing.T) {
	f, _ := openDirOf(t, "b", "a/x", ".git/x", "__MACOSX/x", ".DS_Store")
	entries, err := f.ReadDir(".")
	if err != nil || len(entries) != 2 || entries[0].Name() != "a" || entries[1].Name() != "b" {
		t.Error(entries, err)
	}
	if !f.Has(".git/x") {
		t.Error("what is not listed can be opened by its name")
	}
	if _, err := f.ReadDir("b"); err == nil {
		t.Error("a file was listed")
	}
}
