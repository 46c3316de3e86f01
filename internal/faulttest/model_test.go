package faulttest

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"

	"datum/crypto/key"
	"datum/models/modelfile"
)

// modelScenarios are those of the commands of models. The new model is "tiny",
// the old one "colour".
var modelScenarios = []scenario{
	{name: "model encrypt", args: "model encrypt {tiny.xml} out.sealed -k {key} --overwrite", target: "out.sealed", old: "colour.new-sealed", key: "{key}", sealed: true, model: true},
	{name: "model rekey", args: "model rekey {tiny.sealed} deep/out.sealed -k {key} --new-key-file {new-key}", target: "deep/out.sealed", key: "{new-key}", sealed: true, model: true},
	{name: "model decrypt", args: "model decrypt {tiny.sealed} out.xml -k {key}", target: "out.xml", beside: "out.bin", model: true},
	{name: "model decrypt over", args: "model decrypt {tiny.sealed} out.xml -k {key} --overwrite", target: "out.xml", old: "colour.xml", beside: "out.bin", model: true},
}

// makeModels makes two models whose weights are larger than what their graphs
// need, so that a disk may have room for some of them, in plain and encrypted.
func makeModels() error {
	fixtures.models = map[string][][]byte{}
	random := rand.NewChaCha8([32]byte{})
	for _, name := range []string{"tiny", "colour"} {
		more := make([]byte, 40_000)
		random.Read(more)
		var parts [][]byte
		for _, ext := range []string{".xml", ".bin"} {
			b, err := os.ReadFile(filepath.Join("..", "..", "testdata", "models", name+ext))
			if err != nil {
				return err
			}
			if ext == ".bin" {
				b = append(b, more...)
			}
			if err := os.WriteFile(fixture(name+ext), b, 0o666); err != nil {
				return err
			}
			parts = append(parts, b)
		}
		fixtures.models[name] = parts
	}
	fixtures.secrets = append(fixtures.secrets, []byte("<layer "), fixtures.models["tiny"][1][20_000:20_040])
	for _, args := range [][]string{
		{"key", "new", fixture("new-key")},
		{"model", "encrypt", fixture("tiny.xml"), fixture("tiny.sealed"), "-k", fixture("key")},
		{"model", "encrypt", fixture("colour.xml"), fixture("colour.new-sealed"), "-k", fixture("key")},
	} {
		if err := runProgram(args...); err != nil {
			return err
		}
	}
	b, err := os.ReadFile(fixture("tiny.sealed"))
	if err != nil {
		return err
	}
	b[len(b)/2] ^= 1
	return os.WriteFile(fixture("damaged.sealed"), b, 0o666)
}

// modelState is state for a model.
func (t *trial) modelState() string {
	if !t.is(t.target) {
		if t.old == "" && (t.beside == "" || !t.is(t.beside)) {
			return "old"
		}
		return "gone"
	}
	parts, err := t.modelParts()
	if err != nil {
		return "damaged: " + err.Error()
	}
	for name, state := range map[string]string{"tiny": "new", "colour": "old"} {
		if want := fixtures.models[name]; len(parts) == 2 && bytes.Equal(parts[0], want[0]) && bytes.Equal(parts[1], want[1]) {
			return state
		}
	}
	return "neither"
}

func (t *trial) is(name string) bool {
	_, err := os.Lstat(t.path(name))
	return !errors.Is(err, fs.ErrNotExist)
}

// modelParts reads the files of the model that is the target.
func (t *trial) modelParts() (parts [][]byte, err error) {
	if t.beside != "" {
		for _, name := range []string{t.target, t.beside} {
			b, err := os.ReadFile(t.path(name))
			if err != nil {
				return nil, err
			}
			parts = append(parts, b)
		}
		return parts, nil
	}
	k, err := key.ReadFile(t.keyFile())
	if err != nil {
		return nil, err
	}
	defer k.Destroy()
	f, err := modelfile.Open(t.path(t.target), k)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	for i := range f.Parts {
		var b bytes.Buffer
		if err := f.Extract(background, &b, i); err != nil {
			return nil, err
		}
		parts = append(parts, b.Bytes())
	}
	return parts, nil
}

// settle deals with what a process leaves that is killed while it gives two files
// their names. The first has none then, and any later run puts the old files back
// before it does anything else, also one that then does nothing.
func (t *trial) settle() {
	t.Helper()
	if t.beside == "" || t.is(t.target) {
		return
	}
	want := 11 // it may not replace the old files
	refuses := *t
	refuses.args = strings.ReplaceAll(t.args, " --overwrite", "")
	if t.old == "" {
		want = 13 // its weights are not authentic
		refuses.args = strings.ReplaceAll(t.args, "{tiny.sealed}", "{damaged.sealed}")
	}
	if code, said := t.run(refuses.command()); code != want {
		t.Errorf("%s: a run that may not replace: exit code %d\n%s", t.what, code, said)
	}
}

func (t *trial) copyFile(from, to string) {
	t.Helper()
	content, err := os.ReadFile(fixture(from))
	must(t.T, err)
	must(t.T, os.WriteFile(t.path(to), content, 0o666))
}
