package fernet

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files of testdata again")

// classes are the words behind "expect:" in testdata/tokens.
var classes = map[string]error{
	"success": nil, "encoding": ErrEncoding, "too short": ErrTooShort, "version": ErrVersion,
	"length": ErrLength, "authentication": ErrAuthentication, "padding": ErrPadding,
}

// A tokenFile holds one token with one fault.
type tokenFile struct {
	expect, secret, comment string
	token                   []byte
}

func (f tokenFile) text() []byte {
	return fmt.Appendf(nil, "expect: %s\nsecret: %s\ncomment: %s\n\n%s", f.expect, f.secret, f.comment, f.token)
}

func parseTokenFile(t *testing.T, b []byte) (f tokenFile) {
	t.Helper()
	header, token, ok := bytes.Cut(b, []byte("\n\n"))
	if !ok {
		t.Fatal("no blank line behind the header")
	}
	f.token = token
	for line := range strings.Lines(string(header)) {
		name, value, _ := strings.Cut(strings.TrimSuffix(line, "\n"), ": ")
		switch name {
		case "expect":
			f.expect = value
		case "secret":
			f.secret = value
		case "comment":
			f.comment = value
		default:
			t.Fatalf("unknown header %q", name)
		}
	}
	return f
}

func TestTokenFiles(t *testing.T) {
	if *update {
		writeTokenFiles(t)
	}
	paths, err := filepath.Glob("testdata/tokens/*.txt")
	if err != nil || len(paths) < 40 {
		t.Fatalf("only %d files, %v", len(paths), err)
	}
	for _, path := range paths {
		t.Run(strings.TrimSuffix(filepath.Base(path), ".txt"), func(t *testing.T) {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			f := parseTokenFile(t, b)
			want, known := classes[f.expect]
			if !known {
				t.Fatalf("unknown class %q", f.expect)
			}
			buf := make([]byte, 0, 8+MaxDecodedLen(len(f.token)))
			got, err := New(secretOf(t, f.secret)).AppendDecrypt(buf, f.token)
			if !errors.Is(err, want) {
				t.Fatalf("%s: error %v, want %v", f.comment, err, want)
			}
			if want != nil && len(got) != 0 {
				t.Errorf("%s: released %d bytes", f.comment, len(got))
			}
		})
	}
}

// The files in the folder and the code which makes them must not drift apart.
func TestTokenFilesAreThoseOfTheCode(t *testing.T) {
	made := tokenFiles()
	entries, err := os.ReadDir("testdata/tokens")
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := strings.TrimSuffix(entry.Name(), ".txt")
		b, err := os.ReadFile(filepath.Join("testdata/tokens", entry.Name()))
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(made[name].text(), b) {
			t.Errorf("%s differs from what -update would write", name)
		}
		delete(made, name)
	}
	for name := range made {
		t.Errorf("%s is missing: run with -update", name)
	}
}

func writeTokenFiles(t *testing.T) {
	t.Helper()
	for name, f := range tokenFiles() {
		if err := os.WriteFile(filepath.Join("testdata/tokens", name+".txt"), f.text(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
