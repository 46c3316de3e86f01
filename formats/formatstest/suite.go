package formatstest

import (
	"bytes"
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"
	"time"

	"datum/dataset"
	"datum/formats"
)

// Suite says what to expect of a format. Only Format is required; what is left
// out promises more.
type Suite struct {
	Format *formats.Format
	// Export and Import are the options to work with. SaveMedia is always on.
	Export formats.ExportOptions
	Import formats.ImportOptions
	// Sample makes the dataset to write; nil takes the function [Sample].
	Sample func() *Dataset
	// Expect turns an item of the sample into what the format gives back of
	// it, and reports whether it gives it back at all. Nil: all, unchanged.
	Expect func(*dataset.Item) bool
	// ExpectInfo does the same for the info.
	ExpectInfo func(*dataset.Info)
	// Losses is what the export of the sample counts, by kind. Every loss has
	// to be here.
	Losses map[string]int
	// KeepsCarried says that attributes carried from other formats come back.
	KeepsCarried bool
	// Media lists the kinds of media besides images that the format holds.
	Media []dataset.MediaKind
	// NoIntegrity says that a file cut short may be read as one with less in
	// it. Without it, that is an error.
	NoIntegrity bool
	// Opened returns what counts of a file when two exports are compared, such
	// as the content of its tokens. Nil: all of it.
	Opened func(t testing.TB, name string, content []byte) []byte
	// BreakLabel changes the dataset in dir so that a label does not exist
	// any more. Nil skips the test.
	BreakLabel func(t testing.TB, dir string)
}

// Run puts the format through everything.
func Run(t *testing.T, s Suite) {
	if s.Sample == nil {
		s.Sample = Sample
	}
	s.Export.SaveMedia = true
	for _, part := range []struct {
		name string
		test func(*testing.T)
	}{
		{"round trip", s.roundTrip},
		{"other media", s.otherMedia},
		{"second round", s.secondRound},
		{"order", s.order},
		{"determinism", s.determinism},
		{"empty dataset", s.empty},
		{"probe", s.probe},
		{"cancel", s.cancel},
		{"abort", s.abort},
		{"hostile items", s.hostileItems},
		{"links", s.links},
		{"truncation", s.truncation},
		{"label that does not exist", s.badLabel},
	} {
		t.Run(part.name, func(t *testing.T) {
			check := noLeak(t)
			part.test(t)
			check()
		})
	}
}

// write exports d into a new folder.
func (s *Suite) write(t *testing.T, d *Dataset, change func(*formats.ExportOptions)) (dir string, loss formats.Loss) {
	t.Helper()
	o := s.Export
	if change != nil {
		change(&o)
	}
	dir = t.TempDir()
	loss, err := Write(t.Context(), s.Format, dir, d, o)
	if err != nil {
		t.Fatalf("export: %v", err)
	}
	return dir, loss
}

// read reads everything in dir, media included, up to the first error.
func (s *Suite) read(ctx context.Context, dir string) (*Dataset, error) {
	im, err := Open(ctx, s.Format, dir, s.Import)
	if err != nil {
		return nil, err
	}
	defer im.Close()
	d := &Dataset{}
	if d.List, err = Collect(ctx, im); err != nil {
		return nil, err
	}
	d.Meta = *im.Info()
	return d, LoadMedia(d.List)
}

func (s *Suite) mustRead(t *testing.T, dir string) *Dataset {
	t.Helper()
	d, err := s.read(t.Context(), dir)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	return d
}

// expected is what should come back of d.
func (s *Suite) expected(d *Dataset) *Dataset {
	want := &Dataset{Meta: d.Meta}
	want.Meta.Subsets = slices.Clone(d.Meta.Subsets)
	if c := d.Meta.Categories.Labels; c != nil {
		labels := *c
		labels.Labels = slices.Clone(c.Labels)
		want.Meta.Categories.Labels = &labels
	}
	if !s.KeepsCarried {
		dropCarriedInfo(&want.Meta)
	}
	if s.ExpectInfo != nil {
		s.ExpectInfo(&want.Meta)
	}
	for _, it := range d.List {
		it = CloneItem(it)
		if !s.KeepsCarried {
			dropCarried(&it)
		}
		if s.Expect == nil || s.Expect(&it) {
			want.List = append(want.List, it)
		}
	}
	return want
}

func dropCarried(it *dataset.Item) {
	it.Attributes, _ = it.Attributes.Split()
	for _, a := range it.Annotations {
		base := a.Common()
		base.Attributes, _ = base.Attributes.Split()
	}
}

func dropCarriedInfo(info *dataset.Info) {
	info.Attributes, _ = info.Attributes.Split()
	for i := range info.Subsets {
		info.Subsets[i].Attributes, _ = info.Subsets[i].Attributes.Split()
	}
	if info.Categories.Labels != nil {
		for i := range info.Categories.Labels.Labels {
			info.Categories.Labels.Labels[i].Carried = nil
		}
	}
}

// noLeak remembers the goroutines that run now; the returned function waits a
// little for the others to end.
func noLeak(t *testing.T) func() {
	before := runtime.NumGoroutine()
	return func() {
		t.Helper()
		for range 100 {
			if runtime.NumGoroutine() <= before {
				return
			}
			time.Sleep(10 * time.Millisecond)
		}
		stacks := make([]byte, 64<<10)
		t.Errorf("%d goroutines, %d before:\n%s", runtime.NumGoroutine(), before, stacks[:runtime.Stack(stacks, true)])
	}
}

// tree returns the files below dir by their paths.
func tree(t *testing.T, dir string) map[string][]byte {
	t.Helper()
	files := map[string][]byte{}
	err := filepath.WalkDir(dir, func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(p)
		rel, relErr := filepath.Rel(dir, p)
		if err == nil {
			err = relErr
		}
		files[filepath.ToSlash(rel)] = b
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// isMedia tells whether content is that of a media file of d, unchanged: what
// a plain format can neither check nor repair.
func isMedia(d *Dataset, content []byte) bool {
	for _, it := range d.List {
		for _, f := range dataset.Files(it.Media) {
			if b, ok := f.Source.(Bytes); ok && bytes.Equal(b, content) {
				return true
			}
		}
	}
	return false
}

func sortedNames(files map[string][]byte) []string {
	var names []string
	for n := range files {
		names = append(names, n)
	}
	slices.Sort(names)
	return names
}
