package formatstest

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
)

// cancel requires that a cancelled context ends reading and writing, with its
// error.
func (s *Suite) cancel(t *testing.T) {
	dir, _ := s.write(t, s.Sample(), nil)
	im, err := Open(t.Context(), s.Format, dir, s.Import)
	if err != nil {
		t.Fatal(err)
	}
	defer im.Close()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	items, failed := 0, error(nil)
	for _, err := range im.Items(ctx) {
		if failed != nil {
			t.Fatal("the stream goes on after an error")
		}
		if failed = err; err == nil {
			items++
		}
		cancel()
	}
	// Items that were decoded before may still come.
	if total := len(s.expected(s.Sample()).List); !errors.Is(failed, context.Canceled) && items < total {
		t.Errorf("reading ends after %d of %d items with %v", items, total, failed)
	}
	failed = nil
	for _, err := range im.Items(ctx) {
		failed = err
	}
	if !errors.Is(failed, context.Canceled) {
		t.Errorf("reading under a cancelled context: %v", failed)
	}
	s.cancelWriting(t)
}

func (s *Suite) cancelWriting(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	in := s.Sample()
	ex, err := s.Format.Export(ctx, t.TempDir(), s.Export)
	if err != nil {
		t.Fatal(err)
	}
	defer ex.Abort()
	if err := ex.Begin(in.Info()); err != nil {
		t.Fatal(err)
	}
	if err := ex.Write(CloneItem(in.List[0])); err != nil {
		t.Fatal(err)
	}
	cancel()
	if err = ex.Write(CloneItem(in.List[1])); err == nil {
		_, err = ex.Close()
	}
	if !errors.Is(err, context.Canceled) {
		t.Errorf("writing under a cancelled context: %v", err)
	}
}

// abort requires that giving up is possible at any time, and more than once.
func (s *Suite) abort(t *testing.T) {
	in := s.Sample()
	for steps := range 4 {
		ex, err := s.Format.Export(t.Context(), t.TempDir(), s.Export)
		if err != nil {
			t.Fatal(err)
		}
		if steps > 0 {
			err = ex.Begin(in.Info())
		}
		for i := 0; steps > 1 && err == nil && i < len(in.List); i++ {
			err = ex.Write(CloneItem(in.List[i]))
		}
		if steps > 2 && err == nil {
			_, err = ex.Close()
		}
		if err != nil {
			t.Fatal(err)
		}
		ex.Abort()
		ex.Abort()
	}
}

// hostileItems requires that items which cannot be right are refused, and that
// nothing is written outside of the folder.
func (s *Suite) hostileItems(t *testing.T) {
	inside := Picture("x.jpg")
	named := func(name string) *dataset.Image {
		m := Picture("x.jpg")
		m.Name = name
		return m
	}
	label := func(l int32) []dataset.Annotation {
		return []dataset.Annotation{&dataset.Label{Base: plainBase(), Label: l}}
	}
	for name, it := range map[string]dataset.Item{
		"an id that leaves":                {ID: "../x", Subset: "s", Media: inside},
		"an id that leaves further in":     {ID: "a/../../x", Subset: "s", Media: inside},
		"an absolute id":                   {ID: "/tmp/x", Subset: "s", Media: inside},
		"an empty id":                      {ID: "", Subset: "s", Media: inside},
		"a media name that leaves":         {ID: "x", Subset: "s", Media: named("../../../x.jpg")},
		"an absolute media name":           {ID: "x", Subset: "s", Media: named("/tmp/x.jpg")},
		"a subset that leaves":             {ID: "x", Subset: "..", Media: inside},
		"a subset in another folder":       {ID: "x", Subset: "a/b", Media: inside},
		"a label that does not exist":      {ID: "x", Subset: "s", Media: inside, Annotations: label(3)},
		"a negative label that is not one": {ID: "x", Subset: "s", Media: inside, Annotations: label(-2)},
	} {
		above := t.TempDir()
		dir := filepath.Join(above, "in", "here")
		if err := os.MkdirAll(dir, 0o777); err != nil {
			t.Fatal(err)
		}
		d := &Dataset{Meta: SampleInfo(), List: []dataset.Item{it}}
		d.Meta.Subsets = nil
		_, err := Write(t.Context(), s.Format, dir, d, s.Export)
		if err == nil && s.harmless(t, dir, it) {
			continue // the format gave the media a name of its own
		}
		var placed *formats.Error
		if !errors.Is(err, formats.ErrCorrupt) || !errors.As(err, &placed) {
			t.Errorf("%s: %v", name, err)
		}
		for file := range tree(t, above) {
			if rel, err := filepath.Rel("in/here", file); err != nil || !filepath.IsLocal(rel) {
				t.Errorf("%s: %s was written", name, file)
			}
		}
	}
	twice := s.Sample()
	twice.List = append(twice.List[:1:1], twice.List[0])
	if _, err := Write(t.Context(), s.Format, t.TempDir(), twice, s.Export); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("the same item twice: %v", err)
	}
}

// harmless tells whether what is read from dir is the item, with media names
// that are inside a dataset.
func (s *Suite) harmless(t *testing.T, dir string, it dataset.Item) bool {
	got, err := s.read(t.Context(), dir)
	if err != nil || len(got.List) != 1 || got.List[0].ID != it.ID || got.List[0].Subset != it.Subset || len(it.Annotations) > 0 {
		return false
	}
	return !slices.ContainsFunc(dataset.Files(got.List[0].Media), func(f *dataset.File) bool { return !filepath.IsLocal(f.Name) })
}

// links requires that no file is read which lies outside of the dataset,
// through a symbolic link.
func (s *Suite) links(t *testing.T) {
	dir, _ := s.write(t, s.Sample(), nil)
	outside := t.TempDir()
	for name, content := range tree(t, dir) {
		target, inside := filepath.Join(outside, "file"), filepath.Join(dir, filepath.FromSlash(name))
		put(t, target, content)
		if err := os.Remove(inside); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(target, inside); err != nil {
			t.Skipf("no symbolic links here: %v", err)
		}
		if _, err := s.read(t.Context(), dir); err == nil {
			t.Errorf("%s is read through a link that leaves the dataset", name)
		}
		if err := os.Remove(inside); err != nil {
			t.Fatal(err)
		}
		put(t, inside, content)
	}
}

func put(t testing.TB, name string, content []byte) {
	t.Helper()
	if err := os.WriteFile(name, content, 0o666); err != nil {
		t.Fatal(err)
	}
}

// cuts is at how many places each file is cut short.
const cuts = 40

// truncation requires that a file cut short is noticed, wherever the cut is,
// unless nothing is missing then.
func (s *Suite) truncation(t *testing.T) {
	in := s.Sample()
	dir, _ := s.write(t, in, nil)
	whole := s.mustRead(t, dir)
	tried, noticed := 0, 0
	for name, content := range tree(t, dir) {
		if isMedia(in, content) {
			continue
		}
		path := filepath.Join(dir, filepath.FromSlash(name))
		for _, n := range cutsOf(len(content)) {
			put(t, path, content[:n])
			tried++
			got, err := s.read(t.Context(), dir)
			switch {
			case err != nil:
				noticed++
			case s.NoIntegrity:
			case CompareAll(whole.List, got.List, Compare) != nil || CompareInfo(&whole.Meta, &got.Meta) != "":
				t.Errorf("%s cut to %d of %d bytes is read without an error, and something is missing", name, n, len(content))
			}
		}
		put(t, path, content)
	}
	t.Logf("%d truncations, %d of them noticed as errors", tried, noticed)
}

// cutsOf spreads cuts over a file of n bytes, closer at its end.
func cutsOf(n int) []int {
	seen := map[int]bool{n: true}
	var out []int
	for i := range cuts {
		for _, at := range []int{n * i / cuts, n - 1 - i} {
			if at >= 0 && !seen[at] {
				seen[at] = true
				out = append(out, at)
			}
		}
	}
	return out
}

// badLabel requires that a label which does not exist is found on reading.
func (s *Suite) badLabel(t *testing.T) {
	if s.BreakLabel == nil {
		t.Skip("the format does not say how to break a label")
	}
	dir, _ := s.write(t, s.Sample(), nil)
	s.BreakLabel(t, dir)
	_, err := s.read(t.Context(), dir)
	var placed *formats.Error
	if !errors.Is(err, formats.ErrCorrupt) || !errors.As(err, &placed) {
		t.Fatalf("read with %v", err)
	}
	if placed.Item == "" || placed.Path == "" {
		t.Errorf("the error %v names no item or no file", err)
	}
}

// ReplaceIn is a [Suite.BreakLabel] for text formats: it replaces the first
// occurrence of old in the file called name.
func ReplaceIn(name, old, new string) func(t testing.TB, dir string) {
	return func(t testing.TB, dir string) {
		t.Helper()
		path := filepath.Join(dir, filepath.FromSlash(name))
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(content, []byte(old)) {
			t.Fatalf("%s does not contain %s", name, old)
		}
		put(t, path, bytes.Replace(content, []byte(old), []byte(new), 1))
	}
}
