package sealed

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write testdata/frozen.json anew; never needed while there is one version of the format")

// A frozen file is one that every later version must open, and make again of
// the same salt: content(Length) sealed under the test key.
type frozen struct {
	Purpose string `json:"purpose"`
	Length  int    `json:"length"`
	Salt    string `json:"salt"`
	SHA256  string `json:"sha256"`         // of the whole file
	File    string `json:"file,omitempty"` // of small ones
}

func frozenFile(t *testing.T, f *frozen) []byte {
	t.Helper()
	salt, err := hex.DecodeString(f.Salt)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	w, err := newWriter(&out, testKey(t), f.Purpose, [saltLen]byte(salt))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Write(content(f.Length)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestFrozenFiles(t *testing.T) {
	const path = "testdata/frozen.json"
	if *update {
		freeze(t, path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []frozen
	if err := json.Unmarshal(text, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 10 {
		t.Fatalf("only %d", len(all))
	}
	for _, f := range all {
		file := frozenFile(t, &f)
		if sum := sha256.Sum256(file); hex.EncodeToString(sum[:]) != f.SHA256 {
			t.Errorf("%d bytes for %s: another file is made", f.Length, f.Purpose)
		}
		if f.File != "" {
			if file, err = hex.DecodeString(f.File); err != nil {
				t.Fatal(err)
			}
		}
		for name, open := range ways {
			if got, err := open(file, testKey(t), f.Purpose); err != nil || !bytes.Equal(got, content(f.Length)) {
				t.Errorf("%d bytes for %s, %s: %d bytes, %v", f.Length, f.Purpose, name, len(got), err)
			}
		}
	}
}

func freeze(t *testing.T, path string) {
	t.Helper()
	var all []frozen
	for i, n := range lengths {
		f := frozen{Purpose: []string{"model", "compiled-model"}[i%2], Length: n, Salt: hex.EncodeToString(content(saltLen * (i + 1))[saltLen*i:])}
		file := frozenFile(t, &f)
		sum := sha256.Sum256(file)
		f.SHA256 = hex.EncodeToString(sum[:])
		if n < 100 {
			f.File = hex.EncodeToString(file)
		}
		all = append(all, f)
	}
	text, err := json.MarshalIndent(all, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, append(text, '\n'), 0o644); err != nil {
		t.Fatal(err)
	}
}
