package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	functions, err := parse(`
		// OPENVINO_C_API(int) ov_in_a_comment(int a);
		/* OPENVINO_C_API(int) ov_in_another(int a); */
		#define OPENVINO_C_API(...) \
			extern __VA_ARGS__
		OPENVINO_C_API(ov_status_e)
		ov_core_two(const ov_core_t* core,
		            const char** names, size_t count);
		OPENVINO_C_API(void) ov_nothing();
		OPENVINO_C_API(void) ov_void(void);
		OPENVINO_C_API(ov_status_e) ov_variable(const ov_core_t* core, ...);
		#ifdef OPENVINO_ENABLE_UNICODE_PATH_SUPPORT
		OPENVINO_C_API(ov_status_e) ov_wide(const wchar_t* name);
		#endif
	`)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range functions {
		got = append(got, f.result+" "+f.name+"("+f.declaration()+") → ("+f.arguments()+")")
	}
	want := []string{
		"ov_status_e ov_core_two(const ov_core_t* core, const char** names, size_t count) → (core, names, count)",
		"void ov_nothing(void) → ()",
		"void ov_void(void) → ()",
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("read\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestParseRefusesWhatItCannotRead(t *testing.T) {
	for _, header := range []string{
		"OPENVINO_C_API(void) ov_callback(void (*call)(int));",
		"OPENVINO_C_API(void) ov_array(int a[3]);",
		"OPENVINO_C_API(void) ov_unfinished(int a)",
	} {
		if functions, err := parse(header); err == nil {
			t.Errorf("%s: %v", header, functions)
		}
	}
}

func TestGuards(t *testing.T) {
	text := string(forwarders([]function{
		{"ov_status_e", "ov_core_get", []string{"int a"}},
		{"void", "ov_core_free", []string{"int a"}},
		{"void", "ov_free", []string{"char* a"}},
	}))
	for _, want := range []string{
		"ov_status_e ov_core_get(int a) { KEEP_SIGNAL_STACK ov_status_e result = to_ov_core_get(a); return result; }\n",
		"void ov_core_free(int a) { KEEP_SIGNAL_STACK to_ov_core_free(a); }\n",
		"void ov_free(char* a) { to_ov_free(a); }\n",
		`{"ov_core_get", (void**)&to_ov_core_get},`,
		"forward_count = 3;",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s\nis not in\n%s", want, text)
		}
	}
}

// TestForwardersAreUpToDate is what the CI checks too.
func TestForwardersAreUpToDate(t *testing.T) {
	file := filepath.Join(t.TempDir(), "forwarders.c")
	if err := run([]string{"../include", file}); err != nil {
		t.Fatal(err)
	}
	got, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want, err := os.ReadFile("../forwarders.c")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Error("forwarders.c is out of date: run go generate")
	}
}

func TestArguments(t *testing.T) {
	if err := run(nil); err == nil {
		t.Error("no arguments")
	}
	if err := run([]string{t.TempDir(), filepath.Join(t.TempDir(), "x")}); err == nil {
		t.Error("no headers")
	}
}
