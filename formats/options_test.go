package formats

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/files"
)

func TestValues(t *testing.T) {
	corner := Option{Name: "x-corner", Values: []string{"left", "right"}, Default: "left"}
	on := Option{Name: "x-on", Values: YesNo, Default: "no"}
	f := &Format{Options: []Option{corner, on, {Name: "x-text"}}}
	v := Values{"x-corner": "right", "x-on": "yes", "x-text": "anything"}
	if v.Of(corner) != "right" || !v.Is(on) || v.Check(f) != nil {
		t.Errorf("%v, %v", v, v.Check(f))
	}
	if none := (Values)(nil); none.Of(corner) != "left" || none.Is(on) || none.Check(f) != nil {
		t.Error("the defaults are not taken")
	}
	if err := (Values{"x-corner": "up"}).Check(f); !errors.Is(err, ErrUsage) || !strings.Contains(err.Error(), "left, right") {
		t.Errorf("%v", err)
	}
}

func TestFileNames(t *testing.T) {
	item := &dataset.Item{ID: "a", Subset: "val"}
	for policy, want := range map[Collision]string{CollisionRename: "d/a_3", CollisionSubsetPrefix: "d/val_a"} {
		var loss Loss
		n := NewFileNames(policy)
		for _, taken := range []string{"d/a", "d/a_2"} {
			if got, err := n.Take(item, "", taken, &loss); got != taken || err != nil {
				t.Fatalf("%q, %v", got, err)
			}
		}
		if got, err := n.Take(item, "", "d/a", &loss); got != want || err != nil || loss.Total() != 1 {
			t.Errorf("%v: %q, %v, %v", policy, got, err, loss)
		}
		if got, err := n.Take(item, "elsewhere", "d/a", &loss); got != "d/a" || err != nil {
			t.Errorf("another folder: %q, %v", got, err)
		}
	}
	var loss Loss
	n := NewFileNames(CollisionError)
	n.Take(item, "", "a", &loss)
	if _, err := n.Take(item, "", "a", &loss); !errors.Is(err, ErrCorrupt) || !strings.Contains(Hint(err), "--on-collision") {
		t.Errorf("%v", err)
	}
	for _, bad := range []string{"", ".", "..", "../a", "/a", "a/../../b", "\xff"} {
		if _, err := n.Take(item, "", bad, &loss); !errors.Is(err, ErrCorrupt) {
			t.Errorf("%q: %v", bad, err)
		}
	}
	for _, name := range []string{"error", "rename", "subset-prefix"} {
		if c, err := ParseCollision(name); err != nil || c.String() != name {
			t.Errorf("%s: %v, %v", name, c, err)
		}
	}
	if _, err := ParseCollision("x"); !errors.Is(err, ErrUsage) {
		t.Errorf("%v", err)
	}
}

func TestSkipped(t *testing.T) {
	bad := Reason(ErrCorrupt, "bad")
	strict := ImportOptions{}
	if strict.Bad(bad) != bad {
		t.Error("an error is left out although nobody asked for it")
	}
	o := ImportOptions{Skip: &Skipped{}}
	for _, err := range []error{fs.ErrNotExist, Reason(ErrAuthentication, "x"), Reason(ErrKey, "x"), fmt.Errorf("%w %w", ErrAuthentication, ErrCorrupt)} {
		if o.Bad(err) == nil {
			t.Errorf("%v is left out", err)
		}
	}
	for i := range 2000 {
		if err := o.Bad(&Error{Path: fmt.Sprintf("f%04d", 2000-i), Line: 1, Err: bad}); err != nil {
			t.Fatal(err)
		}
	}
	if errs := o.Skip.Errors(); o.Skip.Count() != 2000 || len(errs) != keptSkips || errs[0] > errs[1] {
		t.Errorf("%d left out, %d kept, first %s", o.Skip.Count(), len(errs), errs[0])
	}
	if o.Skip.Reset(); o.Skip.Count() != 0 || len(o.Skip.Errors()) != 0 {
		t.Error("something is left after Reset")
	}
}

func TestOnlyPlain(t *testing.T) {
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	f, err := files.OpenFolder(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := (&ImportOptions{Key: k}).OnlyPlain("x", f); !errors.Is(err, ErrKey) || Hint(err) == "" {
		t.Errorf("%v", err)
	}
	for _, o := range []ExportOptions{{Key: k}, {PlainMedia: true}, {EncryptAllMedia: true}} {
		if err := o.OnlyPlain("x"); !errors.Is(err, ErrUsage) {
			t.Errorf("%v", err)
		}
	}
	if err := errors.Join((&ImportOptions{}).OnlyPlain("x", f), (&ExportOptions{}).OnlyPlain("x")); err != nil {
		t.Error(err)
	}
}

func TestAt(t *testing.T) {
	dir := t.TempDir()
	f, err := files.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	_, missing := f.OpenFile("a/b.txt")
	if err := At(f, "x", "a/b.txt", missing); err.Error() != dir+"/a/b.txt: no such file or directory" || !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
	_, leaves := f.OpenFile("../x")
	if err := At(f, "x", "../x", leaves); !errors.Is(err, ErrCorrupt) || Hint(err) == "" {
		t.Errorf("%v", err)
	}
	placed := &Error{Path: "elsewhere", Err: ErrCorrupt}
	if err := At(f, "x", "y", placed); err != error(placed) {
		t.Errorf("%v", err)
	}
	if At(f, "x", "y", nil) != nil {
		t.Error("an error of nothing")
	}
	if _, err := MediaIn(f, "x", "no.jpg").Open(); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}
