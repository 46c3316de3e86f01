package install

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"datum/formats"
)

// withPips makes the programs, which are shell scripts, all that there is.
func withPips(t *testing.T, scripts map[string]string) {
	t.Helper()
	dir := t.TempDir()
	for name, script := range scripts {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\nPATH=/usr/bin:/bin\n"+script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir)
}

func TestPipDownloads(t *testing.T) {
	f := fakeRuntime()
	wheel := write(t, filepath.Join(private(t), fakeWheel), f.wheel)
	// It copies the wheel to where -d says, if it is asked for the right thing.
	download := `case "$*" in *--version) exit 0;; esac
case "$*" in *download*--only-binary\ :all:*manylinux_2_28_x86_64*openvino==` + Version + `*) ;; *) exit 9;; esac
while [ "$1" != -d ]; do shift; done
cp ` + wheel + ` "$2"/`
	failing := "case \"$*\" in *--version) exit 0;; esac\necho 'WARNING: retrying' >&2; echo 'ERROR: No matching distribution' >&2; echo 'hint: x' >&2; exit 1"
	for name, test := range map[string]struct {
		pips map[string]string
		want string // what the error says
	}{
		"pip of python3":     {map[string]string{"python3": "[ \"$1 $2\" = '-m pip' ] || exit 8\n" + download, "pip": "exit 7"}, ""},
		"not in our folder":  {map[string]string{"python3": "[ \"$(pwd)\" = / ] || exit 8\n" + download}, ""},
		"python3 without it": {map[string]string{"python3": "echo 'No module named pip' >&2; exit 1", "pip": download}, ""},
		"none":               {nil, errNoPip.Error()},
		"one that fails":     {map[string]string{"python3": failing}, "No matching distribution"},
		"one that is silent": {map[string]string{"python3": "case \"$*\" in *--version) exit 0;; esac\nexit 3"}, "exit status 3"},
		"one that lies":      {map[string]string{"python3": "exit 0"}, "has no wheel of openvino " + Version},
	} {
		t.Run(name, func(t *testing.T) {
			withPips(t, test.pips)
			data := private(t)
			r, err := Install(t.Context(), f.options(data))
			if test.want == "" {
				if err != nil {
					t.Fatal(err)
				}
				f.installed(t, data)
				if r.Source != "the wheel that pip downloaded" {
					t.Errorf("%+v", r)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(formats.Hint(err), "pip download") {
				t.Errorf("%v, hint %q", err, formats.Hint(err))
			}
			nothing(t, data, true)
		})
	}
}

// An interrupted pip ends, and with it the installation.
func TestPipIsInterrupted(t *testing.T) {
	f := fakeRuntime()
	started := filepath.Join(t.TempDir(), "started")
	withPips(t, map[string]string{"python3": "case \"$*\" in *--version) exit 0;; esac\ntrap 'exit 130' INT\n> " + started + "\nwhile :; do sleep 0.01; done"})
	ctx, cancel := context.WithCancel(t.Context())
	go func() {
		for {
			if _, err := os.Stat(started); err == nil {
				cancel()
				return
			}
			time.Sleep(time.Millisecond)
		}
	}()
	data := private(t)
	if _, err := Install(ctx, f.options(data)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
	nothing(t, data, true)
}

func TestLastError(t *testing.T) {
	t.Parallel()
	other := errors.New("other")
	for said, want := range map[string]string{
		"":                           "other",
		"\n\n":                       "other",
		"ERROR: a\nERROR: b\nx\n":    "b",
		"Traceback\nValueError: c":   "ValueError: c",
		"WARNING: x\nERROR: a\r\n":   "a",
		"/usr/bin/python3: No pip\n": "/usr/bin/python3: No pip",
	} {
		if got := lastError(said, other); got != want {
			t.Errorf("%q: %q, want %q", said, got, want)
		}
	}
}
