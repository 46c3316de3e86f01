package datum

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"datum/crypto/key"
	"datum/dataset"
	"datum/files"
	"datum/formats"
)

// probing is a format that is sure of folders with a file of its name.
func probing(name string, encrypted bool) *formats.Format {
	return &formats.Format{Name: name, Probe: func(_ context.Context, f *files.Folder) formats.Verdict {
		if !f.Has(name) {
			return formats.Verdict{Unmet: []string{"a file called " + name}}
		}
		return formats.Verdict{Confidence: formats.High, Encrypted: encrypted}
	}}
}

// writer is an exporter for tests. It writes a file for each item; atClose does
// mischief.
type writer struct {
	dir     string
	o       formats.ExportOptions
	loss    formats.Loss
	aborted *bool
	fail    error
	atClose func() error
}

func (w *writer) Begin(*dataset.Info) error { return nil }

func (w *writer) Write(it dataset.Item) error {
	if w.fail != nil {
		return w.fail
	}
	for range it.Annotations {
		w.loss.Add("annotations dropped", it.ID, 1)
	}
	return os.WriteFile(filepath.Join(w.dir, it.ID), []byte(it.Subset), 0o666)
}

func (w *writer) Close() (formats.Loss, error) {
	if w.atClose != nil {
		return w.loss, w.atClose()
	}
	return w.loss, nil
}

func (w *writer) Abort() { *w.aborted = true }

// bench is a place to export to.
type bench struct {
	dir, out string
	registry *formats.Registry
	w        writer // what the next export is given
	aborted  bool
}

func newBench(t *testing.T) *bench {
	b := &bench{dir: t.TempDir()}
	b.out = filepath.Join(b.dir, "out")
	r, err := formats.NewRegistry(probing("readonly", false), &formats.Format{
		Name:  "files",
		Probe: probing("a", false).Probe, // the first item of twoItems
		Export: func(_ context.Context, dir string, o formats.ExportOptions) (formats.Exporter, error) {
			w := b.w
			w.dir, w.o, w.aborted = dir, o, &b.aborted
			return &w, nil
		},
	})
	if err != nil {
		t.Fatal(err)
	}
	b.registry = r
	return b
}

func (b *bench) export(t *testing.T, o ExportOptions) (Result, error) {
	t.Helper()
	o.Registry = b.registry
	return Export(t.Context(), twoItems(), b.out, "files", o)
}

// files lists what is in the folder of the bench, "out/a" and so on.
func (b *bench) files(t *testing.T) string {
	t.Helper()
	var names []string
	err := filepath.WalkDir(b.dir, func(p string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			names = append(names, strings.TrimPrefix(p, b.dir+"/"))
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return strings.Join(names, " ")
}

func twoItems() *Dataset {
	return New(&dataset.Info{}, []dataset.Item{
		{ID: "a", Subset: "train", Annotations: []dataset.Annotation{&dataset.Caption{}}},
		{ID: "b", Subset: "val"},
	})
}

func TestExport(t *testing.T) {
	b := newBench(t)
	var seen []int
	res, err := b.export(t, ExportOptions{Progress: func(n int) { seen = append(seen, n) }})
	if err != nil || res.Items != 2 || res.Loss.Total() != 1 || res.KeyFile != "" || res.Fingerprint != "" {
		t.Fatalf("%+v, %v", res, err)
	}
	if !slices.Equal(seen, []int{1, 2}) {
		t.Errorf("progress %v", seen)
	}
	if got := b.files(t); got != "out/a out/b" {
		t.Errorf("there is %s", got)
	}
	if b.aborted {
		t.Error("aborted after success")
	}
}

func TestExportFailuresLeaveNothing(t *testing.T) {
	broken := errors.New("broken")
	for name, test := range map[string]struct {
		w     writer
		o     ExportOptions
		want  error
		abort bool
	}{
		"the exporter fails":          {w: writer{fail: broken}, want: broken, abort: true},
		"the exporter fails at Close": {w: writer{atClose: func() error { return broken }}, want: broken, abort: true},
		"the loss is fatal":           {o: ExportOptions{FailOnLoss: true}, want: formats.ErrLoss, abort: true},
		"with a key":                  {w: writer{fail: broken}, o: ExportOptions{Encrypt: true}, want: broken, abort: true},
		"the disk is full":            {w: writer{fail: &fs.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC}}, want: syscall.ENOSPC, abort: true},
		"a dry run fails":             {w: writer{fail: broken}, o: ExportOptions{DryRun: true}, want: broken, abort: true},
		"the key's folder is missing": {o: ExportOptions{Encrypt: true, KeyOut: "/nowhere/at/all"}, want: fs.ErrNotExist},
	} {
		b := newBench(t)
		b.w = test.w
		res, err := b.export(t, test.o)
		if !errors.Is(err, test.want) || b.aborted != test.abort {
			t.Errorf("%s: %v, aborted %t", name, err, b.aborted)
		}
		if got := b.files(t); got != "" {
			t.Errorf("%s: left behind %s", name, got)
		}
		if test.want == formats.ErrLoss && res.Loss.Total() != 1 {
			t.Errorf("%s: the loss is not told", name)
		}
		if test.want == syscall.ENOSPC && !strings.Contains(formats.Hint(err), "disk is full") {
			t.Errorf("%s: hint %q", name, formats.Hint(err))
		}
	}
}

func TestExportIsInterrupted(t *testing.T) {
	b := newBench(t)
	ctx, cancel := context.WithCancel(t.Context())
	_, err := Export(ctx, twoItems(), b.out, "files", ExportOptions{Registry: b.registry, Progress: func(int) { cancel() }})
	if !errors.Is(err, context.Canceled) || b.files(t) != "" {
		t.Errorf("%v, left %s", err, b.files(t))
	}
}

func TestExportWhereSomethingIs(t *testing.T) {
	b := newBench(t)
	if _, err := b.export(t, ExportOptions{}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.out, "stranger"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, o := range []ExportOptions{{}, {DryRun: true}} {
		if _, err := b.export(t, o); !errors.Is(err, formats.ErrExists) || formats.Hint(err) == "" {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if _, err := b.export(t, ExportOptions{Overwrite: true}); err != nil {
		t.Fatal(err)
	}
	if got := b.files(t); got != "out/a out/b" {
		t.Errorf("there is %s", got)
	}
}

func TestDryRun(t *testing.T) {
	b := newBench(t)
	b.w.atClose = func() error { return nil }
	k := filepath.Join(b.dir, "k")
	res, err := b.export(t, ExportOptions{DryRun: true, Encrypt: true, KeyOut: k, ExportOptions: formats.ExportOptions{SaveMedia: true}})
	if err != nil || res.Items != 2 || res.Loss.Total() != 1 || res.KeyFile != k || b.files(t) != "" {
		t.Errorf("%+v, %v, left %s", res, err, b.files(t))
	}
}

func TestOnlyDatasetsAreOverwritten(t *testing.T) {
	b := newBench(t)
	if err := os.MkdirAll(filepath.Join(b.out, "letters"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(b.out, "letters/to-mother"), nil, 0o666); err != nil {
		t.Fatal(err)
	}
	for _, o := range []ExportOptions{{Overwrite: true}, {Overwrite: true, DryRun: true}} {
		if _, err := b.export(t, o); !errors.Is(err, formats.ErrExists) || !strings.Contains(err.Error(), "something else than a dataset") {
			t.Errorf("%v", err)
		}
	}
	if got := b.files(t); got != "out/letters/to-mother" {
		t.Errorf("there is %s", got)
	}
}

func TestExportTargets(t *testing.T) {
	b := newBench(t)
	ds := twoItems()
	for _, test := range []struct {
		format string
		want   error
	}{
		{"nothing", formats.ErrUnknownFormat}, {"readonly", formats.ErrUsage},
	} {
		if _, err := Export(t.Context(), ds, b.out, test.format, ExportOptions{Registry: b.registry}); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", test.format, err)
		}
	}
}

func TestInputAndOutputMayNotOverlap(t *testing.T) {
	dir := t.TempDir()
	if err := os.MkdirAll(filepath.Join(dir, "a/b/c"), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink("b", filepath.Join(dir, "a/link")); err != nil {
		t.Fatal(err)
	}
	b := newBench(t)
	for out, want := range map[string]error{
		"a/b": formats.ErrUsage, "a/b/c": formats.ErrUsage, "a/b/new/deep": formats.ErrUsage, "a": formats.ErrUsage, ".": formats.ErrUsage,
		"a/link": formats.ErrUsage, "a/link/new": formats.ErrUsage, "a/b/../b": formats.ErrUsage,
		"a/bc": nil, "a/..b": nil, "b": nil,
	} {
		ds := twoItems()
		ds.path = filepath.Join(dir, "a/b")
		_, err := Export(t.Context(), ds, filepath.Join(dir, out), "files", ExportOptions{Registry: b.registry, DryRun: true})
		if !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", out, err, want)
		}
	}
}

func TestFind(t *testing.T) {
	r, err := formats.NewRegistry(probing("plain", false), probing("sealed", true))
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		files, format, want, path string
		encrypted                 bool
		sentinel                  error
	}{
		{files: "plain", want: "plain"},
		{files: "sealed", want: "sealed", encrypted: true},
		{files: "in/sealed", want: "sealed", path: "in", encrypted: true},
		{files: "in/sealed", format: "sealed", want: "sealed", path: "in", encrypted: true},
		{files: "plain sealed", format: "sealed", want: "sealed", encrypted: true},
		{files: "plain sealed", sentinel: formats.ErrAmbiguous},
		{files: "x", sentinel: formats.ErrUnknownFormat},
		{files: "x", format: "plain", want: "plain"}, // its reader says what is wrong
		{files: "x", format: "none", sentinel: formats.ErrUnknownFormat},
	} {
		dir := t.TempDir()
		for _, f := range strings.Fields(test.files) {
			p := filepath.Join(dir, f)
			if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(p, nil, 0o666); err != nil {
				t.Fatal(err)
			}
		}
		m, err := Find(t.Context(), dir, Options{Format: test.format, Registry: r})
		if !errors.Is(err, test.sentinel) {
			t.Errorf("%s as %q: %v", test.files, test.format, err)
		}
		if err == nil && (m.Format.Name != test.want || m.Path() != filepath.Join(dir, test.path) || m.Encrypted != test.encrypted) {
			t.Errorf("%s as %q: %s in %s, encrypted %t", test.files, test.format, m.Format.Name, m.Path(), m.Encrypted)
		}
	}
	if _, err := Find(t.Context(), "nowhere", Options{Format: "plain", Registry: r}); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Errorf("a path that is not there: %v", err)
	}
	if _, err := Open(t.Context(), t.TempDir(), Options{Format: "plain", Registry: r}); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Errorf("a format that cannot be read: %v", err)
	}
}

func TestSampleThroughEncryption(t *testing.T) {
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	enc := filepath.Join(dir, "enc")
	exportTo(t, "testdata/coco/sample", nil, enc, "datumaro_binary", k)
	if m, err := Find(t.Context(), enc, Options{}); err != nil || !m.Encrypted || m.Format.Name != "datumaro_binary" {
		t.Errorf("%+v, %v", m, err)
	}
	if _, err := Open(t.Context(), enc, Options{}); !errors.Is(err, formats.ErrKey) {
		t.Errorf("without the key: %v", err)
	}
	exportTo(t, enc, k, filepath.Join(dir, "coco"), "coco", nil)
	for _, name := range []string{"train/000000000006.jpg", "val/000000000220.png"} {
		want, err1 := os.ReadFile(filepath.Join("testdata/coco/sample/images", name))
		got, err2 := os.ReadFile(filepath.Join(dir, "coco/images", name))
		sealed, err3 := os.ReadFile(filepath.Join(enc, "images", name))
		if err := errors.Join(err1, err2, err3); err != nil {
			t.Fatal(err)
		}
		if string(got) != string(want) || string(sealed) == string(want) {
			t.Errorf("%s: decrypted as it was: %t, encrypted: %t", name, string(got) == string(want), string(sealed) != string(want))
		}
	}
}

func exportTo(t *testing.T, in string, opens *key.Key, out, format string, seals *key.Key) {
	t.Helper()
	ds, err := Open(t.Context(), in, Options{ImportOptions: formats.ImportOptions{Key: opens}})
	if err != nil {
		t.Fatal(err)
	}
	defer ds.Close()
	res, err := Export(t.Context(), ds, out, format, ExportOptions{ExportOptions: formats.ExportOptions{Key: seals, SaveMedia: true}})
	if err != nil || res.Loss.Total() != 0 || res.Items != 12 {
		t.Fatalf("%+v, %v", res, err)
	}
}
