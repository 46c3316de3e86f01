package commands

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"datum/models/modelfile"
)

// endsAfter is a context that is over when it was looked at so many times.
type endsAfter struct {
	context.Context
	looks int
}

func (c *endsAfter) Err() error {
	if c.looks--; c.looks < 0 {
		return context.Canceled
	}
	return c.Context.Err()
}

// Whenever a decryption is interrupted, there are the old parts of a model or
// the new ones, and never some of each. The new ones only their owner can read.
func TestInterruptedDecryption(t *testing.T) {
	models := filepath.Join("..", "..", "testdata", "models")
	f, err := modelfile.Open(filepath.Join(models, "tiny.xml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	dir := t.TempDir()
	outputs := []modelOutput{{path: filepath.Join(dir, "m.xml"), overwrite: true, private: true}, {path: filepath.Join(dir, "m.bin"), overwrite: true, private: true}}
	for looks := range 100 {
		for _, o := range outputs {
			if err := os.WriteFile(o.path, []byte("old"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		failed := extractAll(&endsAfter{t.Context(), looks}, f, outputs)
		for _, o := range outputs {
			if got, err := os.ReadFile(o.path); err != nil || (string(got) == "old") != (failed != nil) {
				t.Fatalf("after %d looks, %v: %s has %d bytes, %v", looks, failed, o.path, len(got), err)
			}
		}
		if failed == nil {
			for _, o := range outputs {
				if st, err := os.Stat(o.path); err != nil || st.Mode() != 0o600 {
					t.Errorf("%s: %v, %v", o.path, st.Mode(), err)
				}
			}
			return
		}
	}
	t.Fatal("it never succeeds")
}
