package key_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"datum/crypto/key"
)

// places writes one key of its own to every place a lookup knows.
type places struct {
	folder                string
	file, envFile         string // paths
	inFile, inEnvFile     string // texts
	text, env, envLegacy  string
	stdin, prompt         string
	prompted, passphrased int
}

func newPlaces(t *testing.T) *places {
	t.Helper()
	folder := t.TempDir()
	p := &places{
		folder: folder, file: filepath.Join(folder, "flag.txt"), envFile: filepath.Join(folder, "env.txt"),
		inFile: textOf(1), inEnvFile: textOf(2), text: textOf(3), env: textOf(4), envLegacy: textOf(5),
		stdin: textOf(6), prompt: textOf(7),
	}
	for path, text := range map[string]string{p.file: p.inFile, p.envFile: p.inEnvFile} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// lookup returns a lookup in which only the environment, standard input and the
// prompt are filled.
func (p *places) lookup() key.Lookup {
	env := map[string]string{
		"DATUM_ENCRYPTION_KEY_FILE": p.envFile, "DATUM_ENCRYPTION_KEY": p.env, "ENCRYPTION_KEY": p.envLegacy,
	}
	return key.Lookup{
		Stdin:  strings.NewReader(p.stdin + "\n"),
		Getenv: func(name string) string { return env[name] },
		Prompt: func() ([]byte, error) {
			p.prompted++
			return []byte(p.prompt), nil
		},
	}
}

func TestLookupOrder(t *testing.T) {
	tests := []struct {
		name    string
		prepare func(*places, *key.Lookup)
		want    func(*places) string
		origin  string
	}{
		{"file flag", func(p *places, l *key.Lookup) { l.File = p.file }, func(p *places) string { return p.inFile }, "flag.txt"},
		{"file flag is standard input", func(p *places, l *key.Lookup) { l.File = "-" }, func(p *places) string { return p.stdin }, "standard input"},
		{"text flag", func(p *places, l *key.Lookup) { l.Text = p.text }, func(p *places) string { return p.text }, "key"},
		{"file variable", func(p *places, l *key.Lookup) {}, func(p *places) string { return p.inEnvFile }, "DATUM_ENCRYPTION_KEY_FILE"},
		{"own variable", func(p *places, l *key.Lookup) { p.envFile = "" }, func(p *places) string { return p.env }, "DATUM_ENCRYPTION_KEY"},
		{"old variable", func(p *places, l *key.Lookup) { p.envFile, p.env = "", "" }, func(p *places) string { return p.envLegacy }, "ENCRYPTION_KEY"},
		{"prompt", func(p *places, l *key.Lookup) { p.envFile, p.env, p.envLegacy = "", "", "" }, func(p *places) string { return p.prompt }, "prompt"},
		{"prompt without an environment", func(p *places, l *key.Lookup) { l.Getenv = nil }, func(p *places) string { return p.prompt }, "prompt"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := newPlaces(t)
			var set key.Lookup
			test.prepare(p, &set)
			l := p.lookup() // after the places were changed
			l.File, l.Text = set.File, set.Text
			if test.name == "prompt without an environment" {
				l.Getenv = nil
			}
			k, origin, err := l.Find()
			if err != nil {
				t.Fatal(err)
			}
			if !k.Equal(mustParse(t, test.want(p))) {
				t.Error("the key of another place")
			}
			if !strings.Contains(origin, test.origin) {
				t.Errorf("origin %q", origin)
			}
			for _, text := range []string{p.inFile, p.inEnvFile, p.text, p.env, p.envLegacy, p.stdin, p.prompt} {
				checkNoLeak(t, origin, text)
			}
			if asked := strings.HasPrefix(test.name, "prompt"); asked != (p.prompted == 1) {
				t.Errorf("prompted %d times", p.prompted)
			}
		})
	}
}

func TestLookupFindsNothing(t *testing.T) {
	empty := func(string) string { return "" }
	for name, l := range map[string]key.Lookup{
		"zero": {}, "empty environment": {Getenv: empty}, "only standard input": {Stdin: strings.NewReader(textOf(1))},
		"only a passphrase": {Passphrase: func(string) ([]byte, error) { return passphrase, nil }},
	} {
		if k, origin, err := l.Find(); k != nil || origin != "" || !errors.Is(err, key.ErrNotFound) {
			t.Errorf("%s: %q, %v", name, origin, err)
		}
	}
}

func TestLookupOfBothFlags(t *testing.T) {
	p := newPlaces(t)
	l := p.lookup()
	l.File, l.Text = p.file, p.text
	k, _, err := l.Find()
	if k != nil || !errors.Is(err, key.ErrConflict) {
		t.Fatalf("error %v", err)
	}
	checkNoLeak(t, err.Error(), p.text)
}

// What is there and is no key must not be passed over: another key would be
// used than the one which was meant.
func TestLookupDoesNotGoOnAfterAnError(t *testing.T) {
	broken := publishedText[:49]
	tests := map[string]struct {
		change func(*places, *key.Lookup)
		want   error
		says   string
	}{
		"file flag, missing":     {func(p *places, l *key.Lookup) { l.File = p.folder + "/missing" }, fs.ErrNotExist, "missing"},
		"file flag, broken":      {func(p *places, l *key.Lookup) { l.File = broken0(p, broken) }, key.ErrMalformed, "broken"},
		"file flag, standard in": {func(p *places, l *key.Lookup) { l.File, l.Stdin = "-", strings.NewReader(broken) }, key.ErrMalformed, "standard input"},
		"standard in, endless":   {func(p *places, l *key.Lookup) { l.File, l.Stdin = "-", endless{} }, key.ErrMalformed, "standard input"},
		"standard in, failing":   {func(p *places, l *key.Lookup) { l.File, l.Stdin = "-", iotest.ErrReader(errBroken) }, errBroken, "standard input"},
		"text flag":              {func(p *places, l *key.Lookup) { l.Text = broken }, key.ErrMalformed, "49 characters"},
		"file variable, missing": {func(p *places, l *key.Lookup) { l.Getenv = only("DATUM_ENCRYPTION_KEY_FILE", p.folder+"/missing") }, fs.ErrNotExist, "DATUM_ENCRYPTION_KEY_FILE"},
		"own variable":           {func(p *places, l *key.Lookup) { l.Getenv = only("DATUM_ENCRYPTION_KEY", broken) }, key.ErrMalformed, "DATUM_ENCRYPTION_KEY"},
		"old variable":           {func(p *places, l *key.Lookup) { l.Getenv = only("ENCRYPTION_KEY", broken) }, key.ErrMalformed, "ENCRYPTION_KEY"},
		"prompt, broken":         {func(p *places, l *key.Lookup) { l.Getenv = nil; p.prompt = broken }, key.ErrMalformed, "prompt"},
		"prompt, empty":          {func(p *places, l *key.Lookup) { l.Getenv = nil; p.prompt = "" }, key.ErrMalformed, "empty"},
		"prompt, interrupted": {func(p *places, l *key.Lookup) {
			l.Getenv, l.Prompt = nil, func() ([]byte, error) { return nil, errBroken }
		}, errBroken, "prompt"},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			p := newPlaces(t)
			l := p.lookup()
			test.change(p, &l)
			k, _, err := l.Find()
			if k != nil || !errors.Is(err, test.want) {
				t.Fatalf("error %v", err)
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %q does not say %q", err, test.says)
			}
			checkNoLeak(t, err.Error(), broken)
		})
	}
}

var errBroken = errors.New("the line is broken")

// broken0 writes text to a file and returns its path.
func broken0(p *places, text string) string {
	path := filepath.Join(p.folder, "broken.txt")
	os.WriteFile(path, []byte(text), 0o600)
	return path
}

func only(name, value string) func(string) string {
	return func(asked string) string {
		if asked == name {
			return value
		}
		return ""
	}
}

type endless struct{}

func (endless) Read(b []byte) (int, error) {
	for i := range b {
		b[i] = 'A'
	}
	return len(b), nil
}

// A key file that cannot be read is named once.
func TestLookupNamesTheFileOnce(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	for path, want := range map[string]error{filepath.Join(folder, "missing"): fs.ErrNotExist, folder: nil} {
		_, _, err := (key.Lookup{File: path}).Find()
		if err == nil || want != nil && !errors.Is(err, want) || strings.Count(err.Error(), folder) != 1 {
			t.Errorf("%s: %v", path, err)
		}
	}
}

func TestLookupStandardInputIsOptional(t *testing.T) {
	if k, _, err := (key.Lookup{File: "-"}).Find(); k != nil || err == nil {
		t.Error("there is no standard input and no error")
	}
}

func TestLookupOfAWrappedKey(t *testing.T) {
	k := mustNew(t)
	data := wrapped(t, k)
	path := filepath.Join(t.TempDir(), "wrapped.txt")
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	lookups := map[string]func() key.Lookup{
		path: func() key.Lookup { return key.Lookup{File: path} },
		"-":  func() key.Lookup { return key.Lookup{File: "-", Stdin: strings.NewReader(string(data))} },
		"env": func() key.Lookup {
			return key.Lookup{Getenv: only("DATUM_ENCRYPTION_KEY_FILE", path)}
		},
	}
	for name, make := range lookups {
		t.Run(fmt.Sprintf("%.3s", name), func(t *testing.T) {
			l := make()
			if _, _, err := l.Find(); !errors.Is(err, key.ErrWrapped) {
				t.Errorf("nobody to ask: %v", err)
			}
			l = make()
			l.Passphrase = func(asked string) ([]byte, error) {
				if asked != name && (name != "env" || asked != path) {
					t.Errorf("asked for the passphrase of %q", asked)
				}
				return []byte(string(passphrase)), nil
			}
			if got, _, err := l.Find(); err != nil || !got.Equal(k) {
				t.Errorf("right passphrase: %v", err)
			}
			l = make()
			l.Passphrase = func(string) ([]byte, error) { return []byte("wrong"), nil }
			if _, _, err := l.Find(); !errors.Is(err, key.ErrPassphrase) {
				t.Errorf("wrong passphrase: %v", err)
			}
			l = make()
			l.Passphrase = func(string) ([]byte, error) { return nil, io.ErrClosedPipe }
			if _, _, err := l.Find(); !errors.Is(err, io.ErrClosedPipe) {
				t.Errorf("interrupted: %v", err)
			}
		})
	}
}

// Nobody is asked for a passphrase when the key has none.
func TestLookupAsksNoPassphraseOfAPlainKey(t *testing.T) {
	p := newPlaces(t)
	l := p.lookup()
	l.File = p.file
	l.Passphrase = func(string) ([]byte, error) { p.passphrased++; return passphrase, nil }
	if _, _, err := l.Find(); err != nil || p.passphrased != 0 {
		t.Errorf("asked %d times, %v", p.passphrased, err)
	}
}

func TestLookupClearsWhatItWasGiven(t *testing.T) {
	prompted := []byte(publishedText)
	if _, _, err := (key.Lookup{Prompt: func() ([]byte, error) { return prompted, nil }}).Find(); err != nil {
		t.Fatal(err)
	}
	pass := []byte(string(passphrase))
	l := key.Lookup{
		File: "-", Stdin: strings.NewReader(string(wrapped(t, mustNew(t)))),
		Passphrase: func(string) ([]byte, error) { return pass, nil },
	}
	if _, _, err := l.Find(); err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{"prompt": prompted, "passphrase": pass} {
		if strings.Trim(string(b), "\x00") != "" {
			t.Errorf("the %s is still in memory", name)
		}
	}
}

// A key where a path belongs must not be repeated, wherever it was given.
func TestLookupOfAKeyInPlaceOfAPath(t *testing.T) {
	for name, l := range map[string]key.Lookup{
		"flag":     {File: publishedText},
		"variable": {Getenv: only("DATUM_ENCRYPTION_KEY_FILE", publishedText)},
	} {
		_, origin, err := l.Find()
		if !errors.Is(err, key.ErrMalformed) {
			t.Errorf("%s: %v", name, err)
			continue
		}
		checkNoLeak(t, err.Error()+origin, publishedText)
	}
}
