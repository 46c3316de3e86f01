package openvino

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"datum/openvino/internal/capi"
)

func TestCleaned(t *testing.T) {
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", ""},
		{"plain", "Infer Request is busy", "Infer Request is busy"},
		{"places in the source",
			"Exception from src/inference/src/cpp/core.cpp:97:\nException from src/inference/src/model_reader.cpp:147:\nUnable to read the model: x.xml\n\n",
			"Unable to read the model: x.xml"},
		{"a failed check",
			"Check 'a.b(\"x\") == 3' failed at src/core/src/node.cpp:12:\nWhile validating node 'Add':\nshapes differ\n",
			"While validating node 'Add': shapes differ"},
		{"lines and blanks", "a\t  b\r\n\n   c.\n", "a b c"},
		{"control characters", "a\x1b[31mb\x00c", "a [31mb c"},
		{"not UTF-8", "a\xff\xfeb", "a?b"},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := cleaned(test.text); got != test.want {
				t.Errorf("%q, want %q", got, test.want)
			}
		})
	}
}

func TestCleanedIsBounded(t *testing.T) {
	got := cleaned(strings.Repeat("ä", maxText))
	if len(got) > maxText+len("…") || !utf8.ValidString(got) || !strings.HasSuffix(got, "…") {
		t.Errorf("%d bytes: %q", len(got), got)
	}
}

func TestFailuresWithoutText(t *testing.T) {
	for status, want := range map[capi.Status]string{
		capi.Busy: "the request is busy", capi.NotReady: "no result", capi.NotStarted: "nothing was started",
		capi.Cancelled: "cancelled", -1: "status -1",
	} {
		if err := failed("inference", status, "\n"); !strings.Contains(err.Error(), want) {
			t.Errorf("status %d: %v", status, err)
		}
	}
}

func TestModelErrors(t *testing.T) {
	if err := asModelError(failed("reading", -1, "no")); !errors.Is(err, ErrModel) {
		t.Errorf("%v is not the model's fault", err)
	}
	if err := asModelError(ErrClosed); errors.Is(err, ErrModel) {
		t.Errorf("%v is the model's fault", err)
	}
}

func FuzzCleaned(f *testing.F) {
	f.Add("Exception from src/a.cpp:1:\nno")
	f.Add(strings.Repeat("x", 2*maxText))
	f.Fuzz(func(t *testing.T, text string) {
		got := cleaned(text)
		if !utf8.ValidString(got) || strings.ContainsAny(got, "\n\r\x00\x1b") || len(got) > maxText+len("…") {
			t.Errorf("%q", got)
		}
	})
}
