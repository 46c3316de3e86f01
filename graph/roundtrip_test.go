package graph

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// frozen are models that OpenVINO 2026.4.1 wrote.
func frozen(t testing.TB) []string {
	t.Helper()
	list, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(list) == 0 {
		t.Fatalf("%v, %v", list, err)
	}
	return list
}

func readModel(t testing.TB, path string) (text []byte, m *Model) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	weights, err := os.ReadFile(strings.TrimSuffix(path, ".xml") + ".bin")
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	if m, err = Parse(text, weights); err != nil {
		t.Fatalf("%s: %v", path, err)
	}
	return text, m
}

// sameText fails at the first line that differs.
func sameText(t testing.TB, path string, got, want []byte) {
	t.Helper()
	if bytes.Equal(got, want) {
		return
	}
	g, w := bytes.Split(got, []byte("\n")), bytes.Split(want, []byte("\n"))
	for i := range min(len(g), len(w)) {
		if !bytes.Equal(g[i], w[i]) {
			t.Fatalf("%s:%d: got %q, want %q", path, i+1, g[i], w[i])
		}
	}
	t.Fatalf("%s: %d lines, want %d", path, len(g), len(w))
}

func TestWhatOpenVINOWroteComesBack(t *testing.T) {
	for _, path := range frozen(t) {
		text, m := readModel(t, path)
		sameText(t, path, m.XML(), text)
	}
}
