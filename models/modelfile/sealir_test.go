package modelfile

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"datum/crypto/key"
)

// What is sealed from memory is loaded as what is sealed from files.
func TestSealIR(t *testing.T) {
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	xml, weights := []byte(`<?xml version="1.0"?><net name="x" version="11"><layers/><edges/></net>`), []byte{1, 2, 3, 4}
	path := filepath.Join(t.TempDir(), "best.sealed")
	var b bytes.Buffer
	if err := SealIR(&b, k, "best", xml, weights); err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(b.Bytes(), []byte("layers")) {
		t.Error("the XML can be read")
	}
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	m, err := Load(t.Context(), path, k)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	if m.Kind != IR || !m.Sealed || !bytes.Equal(m.Model, xml) || !bytes.Equal(m.Weights, weights) {
		t.Errorf("%s, sealed %v, %q and %v", m.Kind, m.Sealed, m.Model, m.Weights)
	}
	other, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Load(t.Context(), path, other); err == nil {
		t.Error("another key opens it")
	}
}
