package openvino_test

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// loadVariable makes the test program load the runtime of a folder and say what comes
// of it: a process has one runtime, and the tests want several.
const loadVariable = "OPENVINO_TEST_LOAD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(loadVariable); dir != "" {
		fmt.Print(loadAndSay(dir))
		os.Exit(0)
	}
	os.Exit(m.Run())
}

// sentinels are those that loading may wrap, by their names.
var sentinels = map[string]error{
	"unavailable": openvino.ErrUnavailable, "not installed": openvino.ErrNotInstalled,
	"version": openvino.ErrVersion, "damaged": openvino.ErrDamaged, "not loaded": openvino.ErrNotLoaded,
}

func loadAndSay(dir string) string {
	err := openvino.Load(dir)
	if err == nil {
		_, err = openvino.Default()
	}
	if err == nil {
		return "ok"
	}
	for name, sentinel := range sentinels {
		if errors.Is(err, sentinel) {
			return name + ": " + err.Error()
		}
	}
	return "another error: " + err.Error()
}

// loadElsewhere loads the runtime of a folder in another process.
func loadElsewhere(t *testing.T, dir string) string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), loadVariable+"="+dir)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("the process ended with %v:\n%s", err, out)
	}
	return string(out)
}

// runtimeWithout makes a folder with links to the runtime's libraries, except the one
// whose name begins with name: change makes of it what is there instead.
func runtimeWithout(t *testing.T, name string, change func(original, path string)) string {
	t.Helper()
	dir := t.TempDir()
	libraries, err := filepath.Glob(filepath.Join(openvinotest.Dir(t), "lib*"))
	if err != nil || len(libraries) == 0 {
		t.Fatal("no libraries", err)
	}
	for _, library := range libraries {
		path := filepath.Join(dir, filepath.Base(library))
		if strings.HasPrefix(filepath.Base(library), name) {
			change(library, path)
			continue
		}
		if err := os.Symlink(library, path); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func cutOff(t *testing.T, keep float64) func(original, path string) {
	return func(original, path string) {
		data, err := os.ReadFile(original)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data[:int(keep*float64(len(data)))], 0o600); err != nil {
			t.Fatal(err)
		}
	}
}

func TestRuntimesThatCannotBeUsed(t *testing.T) {
	openvinotest.Core(t) // or skip
	nothing := func(string, string) {}
	for _, test := range []struct{ name, dir, want string }{
		{"as it is", openvinotest.Dir(t), "ok"},
		{"an empty folder", t.TempDir(), "not installed: "},
		{"no folder", filepath.Join(t.TempDir(), "x"), "not installed: "},
		{"another version", fakeRuntime(t, "2025.3.0-19807"), "version: OpenVINO 2026.4 is needed: "},
		{"an incomplete library", fakeRuntime(t, ""), "version: "},
		{"the library cut off", runtimeWithout(t, "libopenvino_c.so", cutOff(t, 0.5)), "damaged: "},
		{"the library cut off early", runtimeWithout(t, "libopenvino_c.so", cutOff(t, 0.01)), "damaged: "},
		{"the library empty", runtimeWithout(t, "libopenvino_c.so", cutOff(t, 0)), "damaged: "},
		{"what it needs cut off", runtimeWithout(t, "libopenvino.so", cutOff(t, 0.9)), "damaged: "},
		{"what it needs missing", runtimeWithout(t, "libopenvino.so", nothing), "damaged: "},
		{"the threads missing", runtimeWithout(t, "libtbb.so", nothing), "damaged: "},
		{"the processor's plugin cut off", runtimeWithout(t, "libopenvino_intel_cpu", cutOff(t, 0.999)), "damaged: "},
		{"the processor's plugin missing", runtimeWithout(t, "libopenvino_intel_cpu", nothing), "damaged: "},
		{"a reader of models cut off", runtimeWithout(t, "libopenvino_onnx", cutOff(t, 0.99)), "damaged: "},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := loadElsewhere(t, test.dir)
			t.Log(got)
			if !strings.HasPrefix(got, test.want) || strings.Contains(got, "\n") {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

// fakeRuntime builds a library that has all functions of OpenVINO's and does nothing
// but tell its version, or one that has no function at all.
func fakeRuntime(t *testing.T, version string) string {
	t.Helper()
	compiler, err := exec.LookPath("cc")
	if err != nil {
		t.Skip("SKIPPED, NOT PASSED: there is no C compiler")
	}
	source := "int nothing(void) { return 0; }\n"
	if version != "" {
		source = "static const char* text[] = {\"" + version + "\", \"\"};\n" +
			"int ov_get_openvino_version(const char** version) { version[0] = text[0]; version[1] = text[1]; return 0; }\n"
		generated, err := os.ReadFile("internal/capi/forwarders.c")
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`\{"(ov_\w+)"`).FindAllSubmatch(generated, -1) {
			if string(name[1]) != "ov_get_openvino_version" {
				source += fmt.Sprintf("int %s(void) { return 0; }\n", name[1])
			}
		}
	}
	dir := t.TempDir()
	file := filepath.Join(dir, "fake.c")
	if err := os.WriteFile(file, []byte(source), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), compiler, "-shared", "-fPIC", "-o", filepath.Join(dir, "libopenvino_c.so.2641"), file).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

func TestLoadedOnce(t *testing.T) {
	openvinotest.Core(t)
	if err := openvino.Load(openvinotest.Dir(t)); err != nil {
		t.Errorf("again: %v", err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(openvinotest.Dir(t), link); err != nil {
		t.Fatal(err)
	}
	if err := openvino.Load(link); err != nil {
		t.Errorf("again, by another path: %v", err)
	}
	other := runtimeWithout(t, "nothing", nil)
	if err := openvino.Load(other); err == nil || !strings.Contains(err.Error(), other) {
		t.Errorf("another one: %v", err)
	}
	if err := openvino.Load(t.TempDir()); !errors.Is(err, openvino.ErrNotInstalled) {
		t.Errorf("none: %v", err)
	}
	if !strings.HasPrefix(openvino.Version(), "2026.4.") {
		t.Errorf("the version is %q", openvino.Version())
	}
}

func TestExtensionsThatAreNone(t *testing.T) {
	core := openvinotest.Core(t)
	text := filepath.Join(t.TempDir(), "text.so")
	if err := os.WriteFile(text, []byte("text"), 0o600); err != nil {
		t.Fatal(err)
	}
	other := filepath.Join(fakeRuntime(t, ""), "libopenvino_c.so.2641")
	for path, want := range map[string]error{
		filepath.Join(t.TempDir(), "missing.so"): os.ErrNotExist,
		text:                                     openvino.ErrDamaged,
		other:                                    nil,
	} {
		if err := core.AddExtension(path); err == nil || want != nil && !errors.Is(err, want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", path, err)
		}
	}
}
