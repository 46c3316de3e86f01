package datum

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"datum/crypto/key"
	"datum/formats"
)

// writeNote is what tests write in place of a dataset.
func writeNote(_ context.Context, dir string, k *key.Key) (loss formats.Loss, err error) {
	text := "plain"
	if k != nil {
		text = "under " + k.Fingerprint()
	}
	loss.Add("things dropped", "", 1)
	return loss, os.WriteFile(filepath.Join(dir, "note"), []byte(text), 0o600)
}

func TestExportFiles(t *testing.T) {
	t.Parallel()
	source := t.TempDir()
	out := filepath.Join(t.TempDir(), "out")
	res, err := ExportFiles(t.Context(), source, out, "notes", ExportOptions{Encrypt: true}, writeNote)
	if err != nil || res.Loss.Total() != 1 || res.KeyFile != filepath.Join(out, SecretKeyFile) {
		t.Fatalf("%+v, %v", res, err)
	}
	text, err := os.ReadFile(filepath.Join(out, "note"))
	if err != nil || string(text) != "under "+res.Fingerprint {
		t.Errorf("%q, %v", text, err)
	}
	k, err := key.ReadFile(res.KeyFile)
	if err != nil || k.Fingerprint() != res.Fingerprint {
		t.Errorf("the key is %v, %v", k, err)
	}
	if _, err := ExportFiles(t.Context(), source, out, "notes", ExportOptions{}, writeNote); !errors.Is(err, formats.ErrExists) {
		t.Errorf("a second time: %v", err)
	}
}

// Where something goes wrong nothing is left.
func TestExportFilesFails(t *testing.T) {
	t.Parallel()
	source, broken := t.TempDir(), errors.New("broken")
	fails := func(context.Context, string, *key.Key) (formats.Loss, error) { return formats.Loss{}, broken }
	canceled, cancel := context.WithCancel(t.Context())
	cancel()
	for name, test := range map[string]struct {
		ctx   context.Context
		out   string
		o     ExportOptions
		write func(context.Context, string, *key.Key) (formats.Loss, error)
		want  error
	}{
		"writing fails":   {t.Context(), "out", ExportOptions{}, fails, broken},
		"in an archive":   {t.Context(), "out.zip", ExportOptions{}, fails, broken},
		"loss is refused": {t.Context(), "out", ExportOptions{FailOnLoss: true}, writeNote, formats.ErrLoss},
		"interrupted":     {canceled, "out", ExportOptions{}, writeNote, context.Canceled},
	} {
		dir := t.TempDir()
		if _, err := ExportFiles(test.ctx, source, filepath.Join(dir, test.out), "notes", test.o, test.write); !errors.Is(err, test.want) {
			t.Errorf("%s: %v", name, err)
		}
		if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
			t.Errorf("%s: %v is left, %v", name, left, err)
		}
	}
	if _, err := ExportFiles(t.Context(), source, filepath.Join(source, "in"), "notes", ExportOptions{}, writeNote); !errors.Is(err, formats.ErrUsage) {
		t.Errorf("into the input: %v", err)
	}
}

// A sealed file begins like a key, and is none; so a folder with one in it can be
// replaced, and one with a key cannot.
func TestKeyStart(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]bool{
		"datum-":                         true,
		"datum-sealedAAAAAAAAAAAAAAAAAA": true, // a key may have any letters
		"datum-sealed":                   true,
		"datum-sealed\x01\x06events":     false,
		"datumaro":                       false,
		"":                               false,
	} {
		if got := keyStart([]byte(text)); got != want {
			t.Errorf("%q: %v", text, got)
		}
	}
}
