package sealed_test

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/internal/peertest"
)

const peer = "openvino-2026.4.1" // its Python has cryptography 50

var pythonLengths = []int{0, 1, 16383, 16384, 16385, 32768, 100_000, 3_000_000}

// pythonFolder has a key in it, in the file that the examples name.
func pythonFolder(t *testing.T) (dir string, k *key.Key) {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	dir = t.TempDir()
	if err := k.WriteFile(filepath.Join(dir, "secret_key.txt")); err != nil {
		t.Fatal(err)
	}
	return dir, k
}

func python(t *testing.T, dir string, in []byte, args ...string) []byte {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), peertest.Python(t, peer), args...)
	cmd.Dir, cmd.Stdin, cmd.Stderr = dir, bytes.NewReader(in), os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// documented is the Python program that docs/sealed.md shows.
func documented(t *testing.T) string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(peertest.Root(t), "docs", "sealed.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, program, found := strings.Cut(string(page), "```python\n")
	program, _, ended := strings.Cut(program, "```")
	if !found || !ended {
		t.Fatal("docs/sealed.md has no Python")
	}
	return program
}

// What we seal, Python opens, as the documentation says.
func TestPythonOpensOurs(t *testing.T) {
	t.Parallel()
	dir, k := pythonFolder(t)
	program := documented(t) + "\nimport sys; sys.stdout.buffer.write(content)\n"
	for _, n := range pythonLengths {
		plain := bytes.Repeat([]byte("0123456789abcde"), n/15+1)[:n]
		var out bytes.Buffer
		w, err := sealed.NewWriter(&out, k, "model")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(plain); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "model.sealed"), out.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		if got := python(t, dir, nil, "-c", program); !bytes.Equal(got, plain) {
			t.Errorf("of %d bytes, Python finds %d others", n, len(got))
		}
	}
}

// What Python seals, we open.
func TestWeOpenPythons(t *testing.T) {
	t.Parallel()
	dir, k := pythonFolder(t)
	script, err := filepath.Abs("testdata/seal.py")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range pythonLengths {
		plain := bytes.Repeat([]byte("0123456789abcde"), n/15+1)[:n]
		file := python(t, dir, plain, script, "secret_key.txt", "model")
		if int64(len(file)) != sealed.Size(int64(n), "model") {
			t.Errorf("of %d bytes, Python makes %d", n, len(file))
		}
		r, err := sealed.NewReader(bytes.NewReader(file), k, "model")
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, plain) {
			t.Errorf("of %d bytes, we find %d others: %v", n, len(got), err)
		}
	}
}
