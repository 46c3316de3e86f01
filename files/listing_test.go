package files

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestListing(t *testing.T) {
	f, _ := openDirOf(t, "b/2.JPG", "b/1.jpg", "b/x.txt", "b/noext", "a/deep/er/y.xml", "z.xml", ".hidden/x.jpg", "b/.x.jpg")
	l := f.List()
	if l != f.List() {
		t.Error("made twice")
	}
	if want := []string{".", "a", "b", "a/deep", "a/deep/er"}; !slices.Equal(l.Folders(), want) || !l.Complete {
		t.Error(l.Folders(), l.Complete)
	}
	for _, c := range []struct{ got, want []string }{
		{l.Dirs("."), []string{"a", "b"}},
		{l.Dirs("a/"), []string{"deep"}},
		{l.Dirs("none"), nil},
		{l.Files("b", ".jpg"), []string{"1.jpg", "2.JPG"}},
		{l.Files("./b", ".jpg", ".txt"), []string{"1.jpg", "2.JPG", "x.txt"}},
		{l.Files("b", ""), []string{"noext"}},
		{l.Files("b"), []string{"1.jpg", "2.JPG", "noext", "x.txt"}},
		{l.Files("none"), nil},
		{l.All(".xml"), []string{"z.xml", "a/deep/er/y.xml"}},
	} {
		if !slices.Equal(c.got, c.want) {
			t.Errorf("%q instead of %q", c.got, c.want)
		}
	}
	if l.Count("b", ".jpg") != 2 || l.Count("b") != 4 || l.Count("none") != 0 {
		t.Error(l.Count("b", ".jpg"), l.Count("b"))
	}
	if sub := f.Sub("a").List(); !slices.Equal(sub.All(), []string{"deep/er/y.xml"}) {
		t.Error(sub.All())
	}
}

// archiveOf makes a folder of many empty files faster than a disk does.
func archiveOf(t *testing.T, list []string) *Folder {
	t.Helper()
	tree := map[string][]byte{}
	for _, name := range list {
		tree[name] = nil
	}
	return mustOpen(t, "x.tar", pack(t, "tar", tree))
}

func numbered(n int, format string) (list []string) {
	for i := range n {
		list = append(list, fmt.Sprintf(format, i))
	}
	return list
}

// There may be more files than are listed, but none of their extensions is
// missing.
func TestListingOfManyFiles(t *testing.T) {
	list := numbered(3*maxPerExtension, "images/%06d.jpg")
	l := archiveOf(t, append(list, "images/zzz.xml")).List()
	if l.Complete || len(l.Files("images", ".jpg")) != maxPerExtension || l.Count("images", ".jpg") != len(list) {
		t.Error(l.Complete, len(l.Files("images", ".jpg")), l.Count("images", ".jpg"))
	}
	if got := l.Files("images", ".xml"); len(got) != 1 {
		t.Error(got)
	}
	if got := l.Files("images", ".jpg"); !slices.Equal(got, namesBelow(list[:maxPerExtension])) {
		t.Error("not the first ones")
	}
	if l := archiveOf(t, numbered(maxPerExtension, "%06d.jpg")).List(); !l.Complete {
		t.Error("as many as are listed")
	}
}

func namesBelow(list []string) (out []string) {
	for _, name := range list {
		out = append(out, filepath.Base(name))
	}
	return out
}

// Whatever the order in which the system gives them, those are kept that come
// first by name.
func TestListingInAnyOrder(t *testing.T) {
	var names []string
	for i := range 10 * maxPerExtension {
		names = append(names, fmt.Sprintf("%06d.%s", i, []string{"jpg", "JPG", "jpeg"}[i%3]))
	}
	dir := t.TempDir()
	for _, i := range rand.Perm(len(names)) {
		if err := os.WriteFile(filepath.Join(dir, names[i]), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for ext, kinds := range map[string][]int{".jpg": {0, 1}, ".jpeg": {2}} {
		var want []string
		for i, name := range names {
			if slices.Contains(kinds, i%3) {
				want = append(want, name)
			}
		}
		l := f.List()
		if n := l.Count(".", ext); n != len(want) {
			t.Errorf("%d files of %s are counted, there are %d", n, ext, len(want))
		}
		if got := l.Files(".", ext); !slices.Equal(got, want[:maxPerExtension]) {
			t.Errorf("%s: %d names from %s to %s, want those from %s to %s", ext, len(got), got[0], got[len(got)-1], want[0], want[maxPerExtension-1])
		}
	}
}

func TestListingOfManyFolders(t *testing.T) {
	l := archiveOf(t, append(numbered(maxFolders, "%05d/x/y.jpg"), "last.xml")).List()
	if l.Complete || len(l.Folders()) != maxFolders {
		t.Error(l.Complete, len(l.Folders()))
	}
	if !slices.Equal(l.Files("."), []string{"last.xml"}) || len(l.Dirs(".")) != maxFolders {
		t.Error("the top folder is listed as a whole")
	}
}

func TestListingOfDeepFolders(t *testing.T) {
	l := archiveOf(t, []string{long("d/", maxDeep) + "in.txt"}).List()
	if !l.Complete || len(l.All()) != 1 {
		t.Error(l.Complete, l.All())
	}
	l = archiveOf(t, []string{long("d/", maxDeep+1) + "out.txt", "in.txt"}).List()
	if l.Complete || !slices.Equal(l.All(), []string{"in.txt"}) {
		t.Error(l.Complete, l.All())
	}
}

func TestListingOfLinks(t *testing.T) {
	f, dir := openDirOf(t, "real/x.jpg")
	symlink(t, "real", dir, "linked")
	symlink(t, "..", dir, "real", "back")
	symlink(t, t.TempDir(), dir, "leaves")
	l := f.List()
	if !slices.Equal(l.Dirs("."), []string{"linked", "real"}) || !slices.Contains(l.All(".jpg"), "linked/x.jpg") {
		t.Error(l.Dirs("."), l.All(".jpg"))
	}
	if l.Complete || len(l.Folders()) > maxFolders {
		t.Error("links that go round in circles")
	}
	if !slices.Equal(l.Files("."), []string{"leaves"}) {
		t.Error(l.Files("."))
	}
}

func TestListingOfWhatCannotBeRead(t *testing.T) {
	f, dir := openDirOf(t, "closed/x.jpg", "y.jpg")
	closed := filepath.Join(dir, "closed")
	if err := os.Chmod(closed, 0); err != nil {
		t.Fatal(err)
	}
	defer os.Chmod(closed, 0o777)
	if _, err := os.ReadDir(closed); err == nil {
		t.Skip("folders cannot be closed for this user")
	}
	if l := f.List(); l.Complete || strings.Join(l.All(), " ") != "y.jpg" {
		t.Error(l.Complete, l.All())
	}
}
