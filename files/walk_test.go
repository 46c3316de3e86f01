package files

import (
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// walked lists what Walk yields, up to the error.
func walked(f *Folder, dir string, strict bool) (names []string, err error) {
	for name, err := range f.Walk(dir, strict) {
		if err != nil {
			return append(names, "at "+name), err
		}
		names = append(names, name)
	}
	return names, nil
}

func TestWalk(t *testing.T) {
	f, dir := openDirOf(t, "a/b/2.txt", "a/b/1.txt", "a/b/c/3.txt", "a/z.txt", "a/.hidden/x", "a/__MACOSX/x", "other/4.txt")
	for in, want := range map[string][]string{
		"a":     {"b/1.txt", "b/2.txt", "b/c/3.txt", "z.txt"},
		"a/b/c": {"3.txt"},
		".":     {"a/b/1.txt", "a/b/2.txt", "a/b/c/3.txt", "a/z.txt", "other/4.txt"},
	} {
		if got, err := walked(f, in, true); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, %v", in, got, err)
		}
		if got, err := walked(f.Sub(in), ".", true); err != nil || !slices.Equal(got, want) {
			t.Errorf("the folder %s: %q, %v", in, got, err)
		}
	}
	symlink(t, filepath.Join(dir, "other"), dir, "a", "link")
	symlink(t, "../other", dir, "a", "near")
	symlink(t, "nothing", dir, "a", "lost")
	want := []string{"b/1.txt", "b/2.txt", "b/c/3.txt", "link", "lost", "near/4.txt", "z.txt"}
	if got, err := walked(f, "a", false); err != nil || !slices.Equal(got, want) {
		t.Errorf("with links: %q, %v", got, err)
	}
	got, err := walked(f, "a", true)
	if !errors.Is(err, ErrLeaves) || !slices.Equal(got, []string{"b/1.txt", "b/2.txt", "b/c/3.txt", "at link"}) {
		t.Errorf("strict: %q, %v", got, err)
	}
}

func TestWalkErrors(t *testing.T) {
	f, _ := openDirOf(t, "a/x.txt")
	for name, want := range map[string]error{"none": fs.ErrNotExist, "..": ErrLeaves} {
		if got, err := walked(f, name, false); !errors.Is(err, want) || !slices.Equal(got, []string{"at ."}) {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
}

// TestWalkCircle: a folder that has itself in it has an end, by the bound of
// links in links that comes first.
func TestWalkCircle(t *testing.T) {
	f, dir := openDirOf(t, "a/x.txt")
	symlink(t, ".", dir, "a", "again")
	got, err := walked(f, "a", false)
	if err != nil || len(got) < 2 || len(got) > maxWalk+2 || got[len(got)-1] != "x.txt" {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWalkDeep(t *testing.T) {
	deep := strings.Repeat("d/", maxWalk)
	f, _ := openDirOf(t, deep+"x.txt", deep+"d/y.txt", "z.txt")
	if got, err := walked(f, ".", true); err != nil || !slices.Equal(got, []string{deep + "x.txt", "z.txt"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestWalkStops(t *testing.T) {
	f, _ := openDirOf(t, "1/a", "1/b", "2/c")
	for stop := 1; stop <= 3; stop++ {
		n := 0
		for _, err := range f.Walk(".", false) {
			if err != nil {
				t.Fatal(err)
			}
			if n++; n == stop {
				break
			}
		}
		if n != stop {
			t.Errorf("%d files after %d", n, stop)
		}
	}
}

func TestWalkArchive(t *testing.T) {
	for _, kind := range kinds {
		f := mustOpen(t, "x."+kind, pack(t, kind, map[string][]byte{"d/2.txt": {}, "d/e/1.txt": {}, "x.txt": {}}))
		if got, err := walked(f, "d", true); err != nil || !slices.Equal(got, []string{"2.txt", "e/1.txt"}) {
			t.Errorf("%s: %q, %v", kind, got, err)
		}
	}
}
