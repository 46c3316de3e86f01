package shard

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/formatstest"
)

// written makes all n parts of the pictures and returns the output's name.
func written(t *testing.T, n int, o Options) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	o.SaveMedia = true
	for i := range n {
		writeOne(t, pictures(), out, Part{i, n}, o)
	}
	return out
}

func writeOne(t *testing.T, s source, out string, p Part, o Options) Result {
	t.Helper()
	o.SaveMedia = true
	res, err := Write(t.Context(), s.open(t), out, "coco", p, o)
	if err != nil {
		t.Fatal(err)
	}
	return res
}

func merge(t *testing.T, out string, k *key.Key) error {
	t.Helper()
	set, err := Find(out + Suffix)
	if err != nil {
		return err
	}
	_, err = set.Merge(t.Context(), out, MergeOptions{Key: k})
	return err
}

// TestWritingAgain requires that a part that is there stays as it is, that one of
// another input or other options is replaced, and that nothing else is left.
func TestWritingAgain(t *testing.T) {
	t.Parallel()
	out := written(t, 2, Options{})
	before := inodes(t, out+Suffix)
	if res := writeOne(t, pictures(), out, Part{1, 2}, Options{}); !res.Done || res.Items == 0 || res.Total != 40 {
		t.Errorf("%+v", res)
	}
	for path, st := range inodes(t, out+Suffix) {
		if old := before[path]; old == nil || !os.SameFile(old, st) {
			t.Errorf("%s was written again", path)
		}
	}
	changed := source{"changed", func(t *testing.T) *datum.Dataset {
		d := *pictures().open(t).Importer.(*formatstest.Dataset)
		d.List = append([]dataset.Item(nil), d.List...)
		d.List[3].Annotations = []dataset.Annotation{&dataset.Caption{Caption: "new"}}
		return &datum.Dataset{Importer: &d}
	}}
	if res := writeOne(t, changed, out, Part{1, 2}, Options{}); res.Done {
		t.Error("a part of another input was taken for this one")
	}
	if err := merge(t, out, nil); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "another input") {
		t.Errorf("parts of two inputs: %v", err)
	}
	writeOne(t, pictures(), out, Part{1, 2}, Options{Tool: "2"})
	if err := merge(t, out, nil); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "another version") {
		t.Errorf("parts of two versions: %v", err)
	}
	other := Options{}
	other.OnCollision = formats.CollisionRename
	writeOne(t, pictures(), out, Part{1, 2}, other)
	if err := merge(t, out, nil); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "other options") {
		t.Errorf("parts of two minds: %v", err)
	}
	writeOne(t, pictures(), out, Part{1, 2}, Options{})
	if entries, _ := os.ReadDir(out + Suffix); len(entries) != 2 {
		t.Errorf("%v", entries)
	}
	if err := merge(t, out, nil); err != nil {
		t.Error(err)
	}
}

// TestMissingMediaThatCome writes a part again when there are more of its media
// files than before.
func TestMissingMediaThatCome(t *testing.T) {
	t.Parallel()
	missing := 1
	o := Options{SkipMissing: func(*dataset.Item) int {
		n := missing
		missing = 0
		return n
	}}
	out := filepath.Join(t.TempDir(), "out")
	if res := writeOne(t, pictures(), out, Part{0, 1}, o); res.Missing != 1 {
		t.Errorf("%+v", res)
	}
	missing = 1
	if res := writeOne(t, pictures(), out, Part{0, 1}, o); !res.Done || res.Missing != 1 {
		t.Errorf("nothing has come: %+v", res)
	}
	for _, done := range []bool{false, true} {
		if res := writeOne(t, pictures(), out, Part{0, 1}, o); res.Done != done || res.Missing != 0 {
			t.Errorf("all are there: %+v", res)
		}
	}
}

// TestManyAtOnce starts every part five times at the same time.
func TestManyAtOnce(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "out")
	var wait sync.WaitGroup
	for i := range 15 {
		wait.Go(func() {
			o := Options{}
			o.SaveMedia = true
			if _, err := Write(t.Context(), pictures().open(t), out, "coco", Part{i % 3, 3}, o); err != nil {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if entries, _ := os.ReadDir(out + Suffix); len(entries) != 3 {
		t.Errorf("%v", entries)
	}
	if err := merge(t, out, nil); err != nil {
		t.Error(err)
	}
}

// TestDeadAttempts requires that what a killed process left is removed by the
// next one, and what a living one is making is not.
func TestDeadAttempts(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "out")
	if err := os.Mkdir(out+Suffix, 0o777); err != nil {
		t.Fatal(err)
	}
	dead, err := begin(out+Suffix, "0-of-1")
	if err != nil {
		t.Fatal(err)
	}
	dead.lock.Close() // as the end of a process does
	living, err := begin(out+Suffix, "0-of-1")
	if err != nil {
		t.Fatal(err)
	}
	writeOne(t, pictures(), out, Part{0, 1}, Options{})
	if _, err := os.Stat(dead.path); err == nil {
		t.Error("the dead attempt is still there")
	}
	if _, err := os.Stat(living.path); err != nil {
		t.Error("the living attempt is gone")
	}
	if err := merge(t, out, nil); err != nil {
		t.Error(err)
	}
}

// TestDamagedShards changes parts in every way that an accident or an enemy would,
// and requires that nothing is made of them.
func TestDamagedShards(t *testing.T) {
	k := newKey(t)
	for name, test := range map[string]struct {
		key    *key.Key
		damage func(parts string)
		want   error
	}{
		"one is missing": {nil, func(p string) { os.RemoveAll(p + "/1-of-3") }, formats.ErrUnknownFormat},
		"none is there":  {nil, func(p string) { os.RemoveAll(p) }, formats.ErrUnknownFormat},
		"of another run": {nil, func(p string) { os.Mkdir(p+"/1-of-2", 0o777) }, formats.ErrAmbiguous},
		"no manifest":    {nil, func(p string) { os.Remove(p + "/1-of-3/manifest.json") }, formats.ErrCorrupt},
		"two manifests":  {nil, func(p string) { os.WriteFile(p+"/1-of-3/manifest.token", nil, 0o666) }, formats.ErrCorrupt},
		"no JSON":        {nil, func(p string) { os.WriteFile(p+"/0-of-3/manifest.json", []byte("{"), 0o666) }, formats.ErrCorrupt},
		"swapped":        {nil, swap("1-of-3", "2-of-3"), formats.ErrCorrupt},
		"swapped data":   {nil, swap("1-of-3/dataset", "2-of-3/dataset"), formats.ErrCorrupt},
		"doubled":        {nil, func(p string) { os.RemoveAll(p + "/1-of-3"); os.CopyFS(p+"/1-of-3", os.DirFS(p+"/2-of-3")) }, formats.ErrCorrupt},
		"doubled data": {nil, func(p string) {
			os.RemoveAll(p + "/1-of-3/dataset")
			os.CopyFS(p+"/1-of-3/dataset", os.DirFS(p+"/2-of-3/dataset"))
		}, formats.ErrCorrupt},
		"other counts":     {nil, rewrite(func(m *manifest) { m.Items++ }), formats.ErrCorrupt},
		"other totals":     {nil, rewrite(func(m *manifest) { m.Total++ }), formats.ErrCorrupt},
		"other options":    {nil, rewrite(func(m *manifest) { m.Plan.Format = "voc" }), formats.ErrCorrupt},
		"other beginning":  {nil, rewrite(func(m *manifest) { m.First["train"]++ }), formats.ErrCorrupt},
		"no beginning":     {nil, rewrite(func(m *manifest) { delete(m.First, "val") }), formats.ErrCorrupt},
		"a way out":        {nil, rewrite(func(m *manifest) { m.First["../train"] = 0 }), formats.ErrCorrupt},
		"a picture gone":   {nil, func(p string) { os.RemoveAll(p + "/1-of-3/dataset/images") }, formats.ErrCorrupt},
		"a picture cut":    {nil, cut("images"), formats.ErrCorrupt},
		"no key":           {k, nil, formats.ErrKey},
		"token cut":        {k, cut("images"), formats.ErrCorrupt},
		"blob cut":         {k, cut("annotations"), formats.ErrCorrupt},
		"manifest cut":     {k, func(p string) { os.Truncate(p+"/1-of-3/manifest.token", 100) }, formats.ErrAuthentication},
		"manifest swapped": {k, swap("1-of-3/manifest.token", "2-of-3/manifest.token"), formats.ErrCorrupt},
		"sealed swapped":   {k, swap("1-of-3/dataset/annotations", "2-of-3/dataset/annotations"), formats.ErrCorrupt},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := Options{}
			o.ExportOptions.Key = test.key
			o.SaveMedia = true
			out := filepath.Join(t.TempDir(), "out")
			for i := range 3 {
				if _, err := Write(t.Context(), pictures().open(t), out, "datumaro_binary", Part{i, 3}, o); err != nil {
					t.Fatal(err)
				}
			}
			given := test.key
			if test.damage != nil {
				test.damage(out + Suffix)
			} else {
				given = nil
			}
			err := merge(t, out, given)
			if !errors.Is(err, test.want) {
				t.Errorf("%v", err)
			}
			entries, _ := os.ReadDir(filepath.Dir(out))
			for _, e := range entries {
				if e.Name() != "out"+Suffix {
					t.Errorf("%s was left", e.Name())
				}
			}
		})
	}
}

func swap(a, b string) func(string) {
	return func(p string) {
		os.Rename(filepath.Join(p, a), filepath.Join(p, "x"))
		os.Rename(filepath.Join(p, b), filepath.Join(p, a))
		os.Rename(filepath.Join(p, "x"), filepath.Join(p, b))
	}
}

// rewrite changes the manifest of a part.
func rewrite(change func(*manifest)) func(string) {
	return func(p string) {
		path := filepath.Join(p, "1-of-3", manifestName)
		var m manifest
		text, err := os.ReadFile(path)
		if err != nil || json.Unmarshal(text, &m) != nil {
			panic("no manifest")
		}
		change(&m)
		text, _ = json.Marshal(&m)
		os.WriteFile(path, text, 0o666)
	}
}

// cut cuts a few bytes off a file of a part.
func cut(dir string) func(string) {
	return func(p string) {
		filepath.WalkDir(filepath.Join(p, "1-of-3", "dataset", dir), func(path string, e os.DirEntry, err error) error {
			if st, _ := e.Info(); err == nil && st.Mode().IsRegular() && st.Size() > 8 {
				os.Truncate(path, st.Size()-4)
				return filepath.SkipAll
			}
			return err
		})
	}
}

func TestBeforeAnythingIsDone(t *testing.T) {
	t.Parallel()
	k := newKey(t)
	for name, test := range map[string]struct {
		format string
		part   Part
		change func(*Options)
		want   error
	}{
		"no such format":     {"x", Part{0, 1}, nil, formats.ErrUnknownFormat},
		"no such part":       {"coco", Part{2, 2}, nil, formats.ErrUsage},
		"a key for COCO":     {"coco", Part{0, 1}, func(o *Options) { o.ExportOptions.Key = k }, formats.ErrUsage},
		"links":              {"coco", Part{0, 1}, func(o *Options) { o.Media = formats.MediaSymlink }, formats.ErrUsage},
		"a rehearsal":        {"coco", Part{0, 1}, func(o *Options) { o.DryRun = true }, formats.ErrUsage},
		"a strange option":   {"voc", Part{0, 1}, func(o *Options) { o.ExportOptions.Values = formats.Values{"voc-coordinates": "x"} }, formats.ErrUsage},
		"an existing output": {"coco", Part{0, 1}, func(o *Options) { o.KeyOut = "exists" }, formats.ErrExists},
	} {
		dir := t.TempDir()
		out := filepath.Join(dir, "out")
		o := Options{}
		o.SaveMedia = true
		if test.change != nil {
			test.change(&o)
		}
		if o.KeyOut != "" {
			os.MkdirAll(filepath.Join(out, "x"), 0o777)
		}
		if _, err := Write(t.Context(), pictures().open(t), out, test.format, test.part, o); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := os.Stat(out + Suffix); err == nil {
			t.Errorf("%s: something is there", name)
		}
	}
	out := written(t, 1, Options{})
	set, err := Find(out + Suffix)
	if err != nil {
		t.Fatal(err)
	}
	for _, output := range []string{out + Suffix + "/inside", filepath.Dir(out)} {
		if _, err := set.Merge(t.Context(), output, MergeOptions{Overwrite: true}); !errors.Is(err, formats.ErrUsage) {
			t.Errorf("an output among the shards, or around them: %v", err)
		}
	}
}

// TestAShardIsNoInput: its items would belong to two datasets.
func TestAShardIsNoInput(t *testing.T) {
	t.Parallel()
	out := written(t, 1, Options{})
	ds := opened(t, out+Suffix+"/0-of-1/dataset", formats.ImportOptions{})
	if _, err := Write(t.Context(), ds, filepath.Join(t.TempDir(), "x"), "coco", Part{0, 1}, Options{}); !errors.Is(err, formats.ErrUsage) {
		t.Errorf("%v", err)
	}
}

// TestInterrupted requires that nothing is left when the context ends.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	out := written(t, 2, Options{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	set, err := Find(out + Suffix)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := set.Merge(ctx, out, MergeOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if _, err := Write(ctx, pictures().open(t), out+"2", "coco", Part{0, 1}, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	if entries, _ := os.ReadDir(out + "2" + Suffix); len(entries) != 0 {
		t.Errorf("%v", entries)
	}
	if err := merge(t, out, nil); err != nil {
		t.Error(err)
	}
}

func FuzzManifest(f *testing.F) {
	m := manifest{Version: manifestVersion, Part: Part{0, 2}, Items: 1, Total: 2, First: map[string]int64{"a": 1}, Subsets: []subset{{Name: "a", Items: -1}}}
	m.Options = m.Plan.digest()
	text, err := json.Marshal(m)
	if err != nil {
		f.Fatal(err)
	}
	if _, err := parseManifest("m", text); err != nil {
		f.Fatal(err)
	}
	f.Add(text)
	f.Fuzz(func(t *testing.T, text []byte) {
		m, err := parseManifest("m", text)
		if err != nil {
			if !errors.Is(err, formats.ErrCorrupt) {
				t.Errorf("%v", err)
			}
			return
		}
		if _, err := m.subsets(); err != nil && m.Part.check() != nil {
			t.Errorf("%v", err)
		}
	})
}
