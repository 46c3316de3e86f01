package install_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"datum/formats"
	"datum/internal/peertest"
	"datum/openvino"
	"datum/openvino/install"
)

// dataIn is an environment with a data folder of its own.
func dataIn(getenv func(string) string, dir string) func(string) string {
	return func(name string) string {
		switch name {
		case "XDG_DATA_HOME":
			return dir
		case install.Env:
			return ""
		}
		return getenv(name)
	}
}

func sound(t *testing.T, getenv func(string) string, r *install.Report, files int) {
	t.Helper()
	s, err := install.Look(t.Context(), getenv, true)
	if err != nil || s.Err() != nil || s.Files != files || r.Files != files || r.New != files {
		t.Errorf("%+v, %+v, %v", r, s, err)
	}
	if dir, err := install.Find(getenv); dir != r.Path || err != nil {
		t.Errorf("%s, %v", dir, err)
	}
}

// The openvino package that pip installed for the tests has what is pinned.
func TestRealPackage(t *testing.T) {
	t.Parallel()
	peer := peertest.Dir(t, "openvino-"+install.Version)
	getenv := dataIn(func(string) string { return "" }, t.TempDir())
	for _, from := range []string{peer, filepath.Join(peer, "lib", "python3*", "site-packages", "openvino", "libs")} {
		if found, _ := filepath.Glob(from); len(found) == 1 {
			from = found[0]
		}
		r, err := install.Install(t.Context(), install.Options{Getenv: getenv, FindLinks: []string{from}, Frontends: []string{"tensorflow"}})
		if err != nil {
			t.Fatal(err)
		}
		sound(t, getenv, r, 11)
		if _, err := install.Remove(getenv); err != nil {
			t.Error(err)
		}
	}
}

// What is installed is enough to compile a model, and to read a frozen graph of
// TensorFlow where that was asked for.
func TestRealModels(t *testing.T) {
	peer := peertest.Dir(t, "openvino-"+install.Version)
	models := peertest.Dir(t, "models")
	getenv := dataIn(func(string) string { return "" }, t.TempDir())
	o := install.Options{Getenv: getenv, FindLinks: []string{peer}, Frontends: []string{"tensorflow"}}
	r, err := install.Install(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	// What is not OpenVINO's may lie beside it.
	if err := os.WriteFile(filepath.Join(r.Path, "libturbojpeg.so.0"), []byte("no library"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := openvino.Load(r.Path); errors.Is(err, openvino.ErrUnavailable) {
		t.Skipf("SKIPPED, NOT PASSED: %v", err)
	} else if err != nil {
		t.Fatal(err)
	}
	core, err := openvino.Default()
	if err != nil {
		t.Fatal(err)
	}
	frozen := filepath.Join(t.TempDir(), "relu.pb")
	if err := os.WriteFile(frozen, []byte(frozenGraph()), 0o644); err != nil {
		t.Fatal(err)
	}
	graph, err := core.ReadFile(frozen)
	if err != nil {
		t.Fatal(err)
	}
	defer graph.Close()
	model, err := core.ReadFile(filepath.Join(models, "yunet.onnx"))
	if err != nil {
		t.Fatal(err)
	}
	defer model.Close()
	compiled, err := core.Compile(model, openvino.CompileOptions{})
	if err != nil {
		t.Fatal(err)
	}
	compiled.Close()
}

// frozenGraph is a graph of TensorFlow that has an input and what is not negative
// of it, as the protocol buffers that frozen graphs are.
func frozenGraph() string {
	field := func(number int, content string) string {
		return string(rune(number<<3|2)) + string(rune(len(content))) + content
	}
	const float = "\x30\x01" // the field of types: DT_FLOAT
	typed := func(name string) string { return field(5, field(1, name)+field(2, float)) }
	return field(1, field(1, "x")+field(2, "Placeholder")+typed("dtype")) +
		field(1, field(1, "y")+field(2, "Relu")+field(3, "x")+typed("T"))
}

// The runtime comes from where this machine's pip gets packages.
func TestRealDownload(t *testing.T) {
	t.Parallel()
	peertest.Dir(t, "openvino-"+install.Version)
	getenv := dataIn(os.Getenv, t.TempDir())
	r, err := install.Install(t.Context(), install.Options{Getenv: getenv})
	if err != nil && !errors.Is(err, formats.ErrCorrupt) {
		t.Skipf("SKIPPED, NOT PASSED: the runtime cannot be had here: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	files := 10
	if install.FindTurbo(getenv) != "" {
		files += 2
	} else {
		t.Logf("without libturbojpeg: %s", r.NoTurbo)
	}
	sound(t, getenv, r, files)
	t.Logf("from %s: %.1f s, %.1f MB installed, %.1f MB downloaded (not counting pip)", r.Source, r.Seconds, float64(r.Bytes)/1e6, float64(r.Downloaded)/1e6)
}
