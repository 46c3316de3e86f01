package formats

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
)

func TestErrorText(t *testing.T) {
	reason := Reason(ErrCorrupt, "label %d does not exist", 7)
	for want, e := range map[string]*Error{
		"a.json:3: item \"x\": label 7 does not exist":   {Path: "a.json", Line: 3, Item: "x", Err: reason},
		"a.json:3: label 7 does not exist":               {Path: "a.json", Line: 3, Offset: 9, Err: reason},
		"a.datum:byte 0: label 7 does not exist":         {Path: "a.datum", Offset: 1, Err: reason},
		"a.datum: label 7 does not exist":                {Path: "a.datum", Err: reason},
		": item \"a\\nb\": label 7 does not exist":       {Item: "a\nb", Err: reason},
		"label 7 does not exist":                         {Format: "coco", Err: reason},
		"a.json: first second":                           {Path: "a.json", Err: errors.New("first\nsecond")},
		"a.json:byte 4294967296: label 7 does not exist": {Path: "a.json", Offset: 1<<32 + 1, Err: reason},
	} {
		if got := e.Error(); got != want {
			t.Errorf("%q, want %q", got, want)
		}
		if e.Err == reason && !errors.Is(e, ErrCorrupt) {
			t.Errorf("%q hides its reason", want)
		}
	}
}

func TestReasonReadsAsItself(t *testing.T) {
	err := Reason(ErrKey, "no key in %s: %w", "f", fs.ErrNotExist)
	if err.Error() != "no key in f: file does not exist" {
		t.Errorf("%q", err)
	}
	for target, want := range map[error]bool{ErrKey: true, fs.ErrNotExist: true, ErrCorrupt: false, ErrExists: false} {
		if errors.Is(err, target) != want {
			t.Errorf("matches %v: %v", target, !want)
		}
	}
	var path *fs.PathError
	if !errors.As(Reason(ErrCorrupt, "%w", &fs.PathError{Op: "open", Path: "x", Err: fs.ErrPermission}), &path) {
		t.Error("what it wraps cannot be found")
	}
}

func TestHint(t *testing.T) {
	plain := errors.New("plain")
	for name, c := range map[string]struct {
		err  error
		want string
	}{
		"none":          {plain, ""},
		"nil":           {nil, ""},
		"one":           {WithHint(plain, "try %s", "this"), "try this"},
		"inside":        {fmt.Errorf("more: %w", WithHint(plain, "try")), "try"},
		"the outermost": {WithHint(&Error{Err: WithHint(plain, "inner")}, "outer"), "outer"},
		"beside":        {errors.Join(plain, WithHint(plain, "try")), "try"},
		"in a reason":   {Reason(ErrKey, "%w", WithHint(plain, "try")), "try"},
	} {
		if got := Hint(c.err); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
		if c.err != nil && !errors.Is(c.err, plain) {
			t.Errorf("%s hides the error", name)
		}
	}
	if err := WithHint(plain, "try this"); strings.Contains(err.Error(), "try") {
		t.Errorf("the hint is in the text: %q", err)
	}
}

func TestSentinelsDiffer(t *testing.T) {
	all := []error{ErrUnknownFormat, ErrAmbiguous, ErrKey, ErrAuthentication, ErrCorrupt, ErrLoss, ErrExists, ErrUsage}
	for i, a := range all {
		for k, b := range all {
			if errors.Is(a, b) != (i == k) {
				t.Errorf("%v matches %v", a, b)
			}
		}
	}
}
