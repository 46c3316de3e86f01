package commands

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// modelMarks are texts of the model's graph and runs of its weights.
func modelMarks(t *testing.T) []string {
	t.Helper()
	weights, err := os.ReadFile("../../testdata/models/colours.bin")
	if err != nil {
		t.Fatal(err)
	}
	marks := []string{`type="AvgPool"`, "output_names=", "model_info"}
	const run = 64
	for at := 256; at+run <= len(weights); at += run {
		marks = append(marks, string(weights[at:at+run]))
	}
	return marks
}

// noModel fails the test where a part of the model is written, other than into
// memory that has no name in any folder, by which the runtime exports a compiled
// one.
func noModel(t *testing.T, calls []call, marks []string) {
	t.Helper()
	for i := range calls {
		for _, mark := range marks {
			_, path := calls[i].to()
			if calls[i].writes() && strings.Contains(calls[i].text, mark) && !strings.HasPrefix(path, "/memfd:") {
				t.Errorf("%q of the model is written to %s", mark, path)
			}
		}
	}
}

// newModelTraceBox is a box in which models run, with a key in the file key. Without the
// runtime the test is skipped.
func newModelTraceBox(t *testing.T) (*traceBox, secret) {
	t.Helper()
	runtime := needsRuntime(t)
	b := newTraceBox(t)
	t.Setenv("DATUM_OPENVINO", runtime)
	t.Setenv("XDG_CACHE_HOME", filepath.Join(b.dir, "cache"))
	return b, newSecret(t, filepath.Join(b.dir, "key"))
}

// TestModelsLeakNothing runs an encrypted model on an encrypted dataset under
// strace: nothing of either is written anywhere in plain, and the key nowhere at
// all.
func TestModelsLeakNothing(t *testing.T) {
	b, k := newModelTraceBox(t)
	t.Setenv("DATUM_ENCRYPTION_KEY_FILE", filepath.Join(b.dir, "key"))
	model, err := filepath.Abs("../../testdata/models/colours.xml")
	if err != nil {
		t.Fatal(err)
	}
	writeFile(t, filepath.Join(b.dir, "labels"), []byte("0 = secret-category\n"))
	cache := os.Getenv("XDG_CACHE_HOME")
	marks := modelMarks(t)
	for _, step := range []struct {
		name     string
		args     []string
		terminal bool
		plain    bool
		writes   string
	}{
		{name: "encrypt the dataset", args: []string{"encrypt", "coco", "enc"}, writes: "train.datum"},
		{name: "encrypt the model", args: []string{"model", "encrypt", model, "m.sealed"}, writes: "m.sealed"},
		{name: "eval", args: []string{"-v", "eval", "-m", "m.sealed", "-i", "enc", "--labels", "labels"}, terminal: true, writes: cache},
		{name: "eval of what is compiled already", args: []string{"-v", "eval", "-m", "m.sealed", "-i", "enc", "--labels", "labels"}, terminal: true},
		{name: "eval as JSON", args: []string{"--json", "eval", "-m", "m.sealed", "-i", "enc", "--labels", "labels"}, terminal: true},
		{name: "predict", args: []string{"-v", "predict", "-m", "m.sealed", "-i", "enc", "--labels", "labels", "-o", "found", "-f", "datumaro_binary", "--save-media"}, writes: "train.datum"},
		{name: "benchmark", args: []string{"-v", "benchmark", "-m", "m.sealed", "-t", "0.05"}},
		{name: "predict in plain, as it was wanted", args: []string{"predict", "-m", "m.sealed", "-i", "enc", "--labels", "labels", "-o", "plain", "-f", "coco", "--save-media", "--allow-plaintext"}, plain: true, writes: "instances_train.json"},
	} {
		t.Run(step.name, func(t *testing.T) {
			calls := b.traced(t, nil, 0, step.args...)
			noSecret(t, calls, k, "")
			noModel(t, calls, marks)
			if step.plain {
				if !strings.Contains(written(calls), plainMarks[0]) {
					t.Error("strace saw no plaintext where there is some, so it would not have seen any elsewhere")
				}
			} else {
				noPlaintext(t, calls, step.terminal)
			}
			if step.writes != "" {
				writesSomething(t, calls, step.writes)
			}
		})
	}
	t.Run("the cache", func(t *testing.T) {
		files := 0
		err := filepath.WalkDir(cache, func(path string, d fs.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			files++
			content, err := os.ReadFile(path)
			for _, mark := range marks {
				if strings.Contains(string(content), mark) {
					t.Errorf("%q of the model is in %s", mark, path)
				}
			}
			return err
		})
		if err != nil || files == 0 {
			t.Errorf("%d files: %v", files, err)
		}
	})
	t.Run("decrypt the model, as it was wanted", func(t *testing.T) {
		all := written(b.traced(t, nil, 0, "model", "decrypt", "m.sealed", "out.xml"))
		for _, mark := range marks {
			if !strings.Contains(all, mark) {
				t.Fatalf("strace did not see %q being written, so it would not have seen it elsewhere", mark)
			}
		}
	})
}

// written is everything that calls wrote.
func written(calls []call) string {
	var b strings.Builder
	for i := range calls {
		if calls[i].writes() {
			b.WriteString(calls[i].text)
		}
	}
	return b.String()
}
