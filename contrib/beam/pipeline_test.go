package main

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/testing/passert"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/testing/ptest"

	"datum"
	"datum/crypto/key"
	"datum/formats"
	"datum/shard"
)

const input = "../../testdata/coco/sample"

func TestMain(m *testing.M) {
	registerFunctions()
	ptest.Main(m)
}

func run(t *testing.T, j Job) {
	t.Helper()
	p, s := beam.NewPipelineWithRoot()
	passert.Equals(s, Build(s, j), j.Output)
	if err := ptest.Run(p); err != nil {
		t.Fatal(err)
	}
}

func files(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		rel, _ := filepath.Rel(dir, path)
		text, err := os.ReadFile(path)
		all[rel] = string(text)
		return err
	})
	if err != nil || len(all) == 0 {
		t.Fatalf("%s: %d files, %v", dir, len(all), err)
	}
	return all
}

func atOnce(t *testing.T, in, out, format string, o datum.ExportOptions, k *key.Key) {
	t.Helper()
	ds, err := datum.Open(t.Context(), in, datum.Options{ImportOptions: formats.ImportOptions{Key: k}})
	if err != nil {
		t.Fatal(err)
	}
	defer ds.Close()
	if _, err := datum.Export(t.Context(), ds, out, format, o); err != nil {
		t.Fatal(err)
	}
}

func same(t *testing.T, want, got map[string]string) {
	t.Helper()
	for name, text := range want {
		if got[name] != text {
			t.Errorf("%s differs", name)
		}
	}
	if len(want) != len(got) {
		t.Errorf("%d files, at once: %d", len(got), len(want))
	}
}

// TestSameAsAtOnce requires that pipelines of one, two and four shards make what
// one process makes.
func TestSameAsAtOnce(t *testing.T) {
	dir := t.TempDir()
	var o datum.ExportOptions
	o.SaveMedia = true
	whole := filepath.Join(dir, "whole")
	atOnce(t, input, whole, "voc", o, nil)
	for _, n := range []int{1, 2, 4} {
		out := filepath.Join(dir, string(rune('0'+n)))
		run(t, Job{Input: input, Output: out, Format: "voc", Shards: n, SaveMedia: true})
		same(t, files(t, whole), files(t, out))
		if exists(out + shard.Suffix) {
			t.Error("the shards are left")
		}
	}
}

// TestEncryptedAndBack encrypts and decrypts, with the key in a file of the worker.
func TestEncryptedAndBack(t *testing.T) {
	dir := t.TempDir()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	keyFile := filepath.Join(dir, "key")
	if err := k.WriteFile(keyFile); err != nil {
		t.Fatal(err)
	}
	var o datum.ExportOptions
	o.SaveMedia = true
	whole, sealed, back := filepath.Join(dir, "whole"), filepath.Join(dir, "sealed"), filepath.Join(dir, "back")
	run(t, Job{Input: input, Output: sealed, Format: "datumaro_binary", Shards: 3, SaveMedia: true, Encrypt: true, KeyFile: keyFile})
	atOnce(t, sealed, whole, "coco", o, k)
	run(t, Job{Input: sealed, Output: back, Format: "coco", Shards: 2, SaveMedia: true, KeyFile: keyFile})
	same(t, files(t, whole), files(t, back))
}

// TestDoneAgain does every step twice, as a runner may.
func TestDoneAgain(t *testing.T) {
	out := filepath.Join(t.TempDir(), "out")
	j := Job{Input: input, Output: out, Format: "coco", Shards: 2}
	for i := range 4 {
		f := &writeShard{j}
		if folder, err := f.ProcessElement(t.Context(), i%2); err != nil || folder == "" {
			t.Fatalf("%q, %v", folder, err)
		}
	}
	none := func(*string) bool { return false }
	for range 2 {
		f := &mergeShards{j}
		if got, err := f.ProcessElement(t.Context(), 0, none); err != nil || got != out {
			t.Fatalf("%q, %v", got, err)
		}
	}
	j.Overwrite = true
	if _, err := (&mergeShards{j}).ProcessElement(t.Context(), 0, none); err == nil {
		t.Error("an old output was taken for the new one")
	}
	j.Overwrite, j.Output = false, j.Output+"2"
	if _, err := (&mergeShards{j}).ProcessElement(t.Context(), 0, none); err == nil {
		t.Error("nothing was merged into something")
	}
}
