package shard

import (
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"datum"
	"datum/formats"
	"datum/formats/all"
)

// source opens a dataset anew for each process.
type source struct {
	name string
	open func(t *testing.T) *datum.Dataset
}

// sources are all datasets in testdata that can be opened without a key, and one
// with everything that the model can say.
func sources(t *testing.T) []source {
	t.Helper()
	dirs, err := filepath.Glob("../testdata/*/*")
	if err != nil || len(dirs) < 20 {
		t.Fatalf("%d datasets, %v", len(dirs), err)
	}
	list := []source{everything()}
	for _, dir := range dirs {
		ds, err := datum.Open(t.Context(), dir, datum.Options{})
		if err != nil {
			continue
		}
		ds.Close()
		list = append(list, source{strings.TrimPrefix(dir, "../testdata/"), func(t *testing.T) *datum.Dataset { return opened(t, dir, formats.ImportOptions{}) }})
	}
	return list
}

func opened(t *testing.T, dir string, o formats.ImportOptions) *datum.Dataset {
	t.Helper()
	ds, err := datum.Open(t.Context(), dir, datum.Options{ImportOptions: o})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { ds.Close() })
	return ds
}

// contents are the files below a folder, by path; a link counts as what it leads
// to.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	files := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		if e.IsDir() {
			files[rel+"/"] = ""
			return nil
		}
		text, err := os.ReadFile(path)
		files[rel] = string(text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

// differences names the files that differ.
func differences(want, got map[string]string) (list []string) {
	for name, text := range want {
		if other, ok := got[name]; !ok {
			list = append(list, name+" is missing")
		} else if other != text {
			list = append(list, name+" differs")
		}
	}
	for name := range got {
		if _, ok := want[name]; !ok {
			list = append(list, name+" is too much")
		}
	}
	slices.Sort(list)
	return list
}

// sharded does the whole work in n parts and merges them.
func sharded(t *testing.T, s source, out, format string, n int, o Options) (Merged, error) {
	t.Helper()
	for i := range n {
		if _, err := Write(t.Context(), s.open(t), out, format, Part{i, n}, o); err != nil {
			return Merged{}, fmt.Errorf("shard %d: %w", i, err)
		}
	}
	set, err := Find(out + Suffix)
	if err != nil {
		return Merged{}, err
	}
	return set.Merge(t.Context(), out, MergeOptions{Key: o.key()})
}

var every = flag.Bool("every", false, "compare every dataset in every format, which takes minutes, and not some of each")

// TestShardsAreExact converts datasets of all formats to others, at once and in
// parts, and requires the same bytes, the same notes, the same losses, and where
// it cannot be done, an error of the same kind.
func TestShardsAreExact(t *testing.T) {
	var targets []string
	for _, f := range all.Registry().All() {
		if f.Export != nil {
			targets = append(targets, f.Name)
		}
	}
	const some = 7 // one in so many; the number of formats is no multiple of it
	var compared, done atomic.Int32
	t.Run("all", func(t *testing.T) {
		for i, s := range sources(t) {
			t.Run(s.name, func(t *testing.T) {
				t.Parallel()
				for k, format := range targets {
					for _, media := range []bool{true, false} {
						if n := i + k; !*every && (n%some != 0 || media != (n%(2*some) == 0)) {
							continue
						}
						o := Options{}
						o.SaveMedia, o.OnCollision = media, formats.CollisionRename
						compared.Add(1)
						if compareRuns(t, s, format, 1+k%3, o) {
							done.Add(1)
						}
					}
				}
			})
		}
	})
	if c, d := compared.Load(), done.Load(); d == 0 || d < c*3/4 {
		t.Errorf("only %d of %d conversions can be done at all", d, c)
	}
}

// compareRuns reports whether there was something to compare.
func compareRuns(t *testing.T, s source, format string, n int, o Options) bool {
	t.Helper()
	dir := t.TempDir()
	ds := s.open(t)
	res, err := datum.Export(t.Context(), ds, filepath.Join(dir, "whole"), format, o.ExportOptions)
	got, errShards := sharded(t, s, filepath.Join(dir, "shards"), format, n, o)
	what := fmt.Sprintf("%s in %d shards, media %v", format, n, o.SaveMedia)
	if err != nil || errShards != nil {
		if err == nil || errShards == nil || errors.Is(err, formats.ErrCorrupt) != errors.Is(errShards, formats.ErrCorrupt) {
			t.Errorf("%s: %v; at once: %v", what, errShards, err)
		}
		return false
	}
	for _, d := range differences(contents(t, filepath.Join(dir, "whole")), contents(t, filepath.Join(dir, "shards"))) {
		t.Errorf("%s: %s", what, d)
	}
	notes := ds.Notes()
	if got.Items != res.Items || got.Notes.String() != notes.String() || got.Loss.String() != res.Loss.String() {
		t.Errorf("%s: %d items, notes %q, losses %q; at once: %d, %q, %q", what, got.Items, got.Notes, got.Loss, res.Items, notes, res.Loss)
	}
	if _, err := os.Stat(filepath.Join(dir, "shards"+Suffix)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s: the shards are still there", what)
	}
	return true
}
