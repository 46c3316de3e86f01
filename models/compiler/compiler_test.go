package compiler

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/crypto/key"
	"datum/internal/openvinotest"
	"datum/internal/peertest"
	"datum/models/compiledcache"
	"datum/models/modelfile"
	"datum/openvino"
)

func newKey(t testing.TB) *key.Key {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

// said are the details of a Compiler.
type said []string

func (s *said) add(format string, args ...any) { *s = append(*s, fmt.Sprintf(format, args...)) }

func (s said) has(text string) bool {
	return slices.ContainsFunc(s, func(line string) bool { return strings.Contains(line, text) })
}

// sealed seals a model and returns where it lies.
func sealed(t *testing.T, path string, k *key.Key) string {
	t.Helper()
	f, err := modelfile.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out bytes.Buffer
	if err := f.Seal(t.Context(), &out, k); err != nil {
		t.Fatal(err)
	}
	path = filepath.Join(t.TempDir(), "sealed")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sealedModel seals a model of the peers, and loads it again.
func sealedModel(t *testing.T, name string, k *key.Key) *modelfile.Model {
	t.Helper()
	m, err := modelfile.Load(t.Context(), sealed(t, openvinotest.Model(t, name), k), k)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { m.Close() })
	return m
}

// read reads a model, which is closed when the test ends.
func read(t *testing.T, core *openvino.Core, m *modelfile.Model) *openvino.Model {
	t.Helper()
	model, err := core.Read(m.Model, m.Weights)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(model.Close)
	return model
}

// outputs runs a compiled model on numbers that are always the same.
func outputs(t *testing.T, compiled *openvino.Compiled) [][]float32 {
	t.Helper()
	request := openvinotest.Request(t, compiled)
	in, err := request.Input(0)
	if err != nil {
		t.Fatal(err)
	}
	for i := range in.Float32s() {
		in.Float32s()[i] = float32(i % 251)
	}
	if err := request.Infer(t.Context()); err != nil {
		t.Fatal(err)
	}
	ports, err := compiled.Outputs()
	if err != nil {
		t.Fatal(err)
	}
	var all [][]float32
	for i := range ports {
		out, err := request.Output(i)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, slices.Clone(out.Float32s()))
	}
	return all
}

// The second time a model comes out of the cache, and computes the same.
func TestCompileTwice(t *testing.T) {
	core, k := openvinotest.Core(t), newKey(t)
	m := sealedModel(t, "yunet.onnx", k)
	dir := filepath.Join(t.TempDir(), "cache")
	compile := func(changes string, o openvino.CompileOptions) ([][]float32, said) {
		t.Helper()
		var details said
		c := &Compiler{Model: m.Hash, Cache: compiledcache.New(dir, k), Detail: details.add}
		compiled, err := c.Compile(core, read(t, core, m), changes, o)
		if err != nil {
			t.Fatal(err)
		}
		defer compiled.Close()
		return outputs(t, compiled), details
	}
	first, details := compile("", openvino.CompileOptions{})
	if !details.has("is kept") || len(first) != 12 {
		t.Fatalf("%q, %d outputs", details, len(first))
	}
	second, details := compile("", openvino.CompileOptions{})
	if !details.has("in an earlier run") {
		t.Errorf("%q", details)
	}
	for i := range first {
		if !slices.Equal(first[i], second[i]) {
			t.Errorf("output %d differs", i)
		}
	}
	for what, compile := range map[string]func() ([][]float32, said){
		"other options": func() ([][]float32, said) { return compile("", openvino.CompileOptions{Hint: openvino.Throughput}) },
		"other changes": func() ([][]float32, said) { return compile("another shape", openvino.CompileOptions{}) },
	} {
		if _, details := compile(); !details.has("is kept") {
			t.Errorf("%s: %q", what, details)
		}
	}
	checkEncrypted(t, dir, m)
}

// checkEncrypted looks for pieces of the model in the files of the cache.
func checkEncrypted(t *testing.T, dir string, m *modelfile.Model) {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(dir, "*"))
	if err != nil || len(files) != 3 {
		t.Fatalf("%q, %v", files, err)
	}
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for at := 0; at+32 <= len(m.Model); at += 997 {
			if bytes.Contains(data, m.Model[at:at+32]) {
				t.Errorf("%s holds bytes %d to %d of the model", path, at, at+32)
			}
		}
		if bytes.Contains(data, []byte("RR_UPCVO")) || bytes.Contains(data, []byte("<?xml")) {
			t.Errorf("%s is not encrypted", path)
		}
	}
}

// Whatever is wrong with the cache, the model is compiled.
func TestCacheNeverFails(t *testing.T) {
	core, k := openvinotest.Core(t), newKey(t)
	m := sealedModel(t, "yunet.onnx", k)
	model := read(t, core, m)
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	destroyed := newKey(t)
	destroyed.Destroy()
	for name, c := range map[string]*Compiler{
		"no compiler":         nil,
		"no cache":            {},
		"no folder":           {Model: m.Hash, Cache: compiledcache.New(filepath.Join(file, "x"), k)},
		"no key":              {Model: m.Hash, Cache: compiledcache.New(t.TempDir(), destroyed)},
		"an entry of rubbish": {Model: m.Hash, Cache: rubbish(t, core, k, m.Hash)},
	} {
		var details said
		if c != nil {
			c.Detail = details.add
		}
		compiled, err := c.Compile(core, model, "", openvino.CompileOptions{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		compiled.Close()
		if c != nil && c.Cache != nil && len(details) == 0 {
			t.Errorf("%s: nothing was said", name)
		}
	}
}

// rubbish is a cache whose entry is authentic and nothing that the runtime
// takes.
func rubbish(t *testing.T, core *openvino.Core, k *key.Key, model modelfile.Hash) *compiledcache.Cache {
	t.Helper()
	cache := compiledcache.New(t.TempDir(), k)
	c := &Compiler{Model: model, Cache: cache}
	id, err := c.id(core, "", openvino.CompileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if err := cache.Put(id, func(io.Writer) error { return nil }); err != nil {
		t.Fatal(err)
	}
	return cache
}

// There is a cache where there is a key and a place for it, and else it is said
// why there is none.
func TestFor(t *testing.T) {
	m := &modelfile.Model{Hash: modelfile.Hash{1}}
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	var details said
	if c := For(m, newKey(t), details.add); c.Cache == nil || c.Model != m.Hash || len(details) > 0 {
		t.Errorf("with a key: %+v, %q", c, details)
	}
	if c := For(m, nil, details.add); c.Cache != nil || !details.has("no key was given") {
		t.Errorf("without a key: %+v, %q", c, details)
	}
	t.Setenv("XDG_CACHE_HOME", "not/absolute")
	if c := For(m, newKey(t), details.add); c.Cache != nil || len(details) != 2 {
		t.Errorf("without a place: %+v, %q", c, details)
	}
}

// An error of the model is one, cache or not.
func TestModelThatCannotBeCompiled(t *testing.T) {
	core, k := openvinotest.Core(t), newKey(t)
	m := sealedModel(t, "yunet.onnx", k)
	c := &Compiler{Model: m.Hash, Cache: compiledcache.New(t.TempDir(), k)}
	compiled, err := c.Compile(core, read(t, core, m), "", openvino.CompileOptions{Properties: map[string]string{"NO_SUCH_PROPERTY": "1"}})
	if err == nil {
		compiled.Close()
		t.Error("a property that does not exist was taken")
	}
}

// An IR that was sealed computes what it computes in plain.
func TestSealedIR(t *testing.T) {
	core, k := openvinotest.Core(t), newKey(t)
	plain := filepath.Join(peertest.Root(t), "testdata", "models", "tiny.xml")
	var got [][]float32
	for _, path := range []string{plain, sealed(t, plain, k)} {
		m, err := modelfile.Load(t.Context(), path, k)
		if err != nil {
			t.Fatal(err)
		}
		compiled, err := (&Compiler{}).Compile(core, read(t, core, m), "", openvino.CompileOptions{})
		if err = errors.Join(err, m.Close()); err != nil { // the runtime has its own copy
			t.Fatal(err)
		}
		defer compiled.Close()
		got = append(got, outputs(t, compiled)[0])
	}
	if !slices.Equal(got[0], got[1]) || len(got[0]) != 2 || got[0][0]+got[0][1] < 0.999 || got[0][0]+got[0][1] > 1.001 {
		t.Errorf("%v in plain, %v sealed", got[0], got[1])
	}
}
