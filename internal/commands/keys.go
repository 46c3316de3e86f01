package commands

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/urfave/cli/v3"
	"golang.org/x/term"

	"datum"
	"datum/crypto/key"
	"datum/formats"
)

const (
	// passphraseEnv is where scripts put the passphrase of a wrapped key.
	passphraseEnv = "DATUM_KEY_PASSPHRASE"
	// keyFileEnv is one of the places where [key.Lookup] looks.
	keyFileEnv = "DATUM_ENCRYPTION_KEY_FILE"
)

// givenKey returns the key that the flags name, or the environment; nil where
// neither does.
func (a *app) givenKey(c *cli.Command) (*key.Key, error) {
	if c.IsSet("encryption-key") && c.IsSet("encryption-key-file") {
		return nil, usagef(c, "--encryption-key-file and --encryption-key exclude each other")
	}
	if c.IsSet("encryption-key") {
		a.Warn("a key on the command line can be read by everybody on this machine; --encryption-key-file is safer")
	}
	return a.find(key.Lookup{File: c.String("encryption-key-file"), Text: c.String("encryption-key"), Getenv: a.getenv})
}

// find looks for a key; it is nil where there is none.
func (a *app) find(l key.Lookup) (*key.Key, error) {
	l.Stdin, l.Passphrase = a.stdin, a.passphraseOf
	k, origin, err := l.Find()
	switch {
	case errors.Is(err, key.ErrNotFound):
		return nil, nil
	case errors.Is(err, errNoTerminal):
		return nil, formats.WithHint(formats.Reason(formats.ErrKey, "%w", err), "a script sets %s", passphraseEnv)
	case errors.Is(err, key.ErrMalformed):
		return nil, formats.WithHint(formats.Reason(formats.ErrKey, "%w", err), "a key is datum- and 44 characters; datum key new FILE makes one")
	case err != nil:
		return nil, formats.Reason(formats.ErrKey, "%w", err)
	}
	a.Detail("the key comes from %s, its fingerprint is %s", origin, k.Fingerprint())
	path := l.File
	if path == "" && l.Text == "" && l.Getenv != nil {
		path = l.Getenv(keyFileEnv)
	}
	a.warnReadable(path)
	return k, nil
}

func (a *app) warnReadable(path string) {
	if path == "" || path == "-" {
		return
	}
	if open, err := key.WorldReadable(path); err == nil && open {
		a.Warn("%s can be read by others on this machine: chmod 600 %s", path, path)
	}
}

// keyGivenByFlag reports whether a flag names a key. One in the environment is
// no mistake where none is needed.
func keyGivenByFlag(c *cli.Command) bool {
	return c.IsSet("encryption-key") || c.IsSet("encryption-key-file")
}

// keyOf returns the key of an encrypted dataset: one that is at hand, or what a
// person types.
func (a *app) keyOf(c *cli.Command, m *datum.Found) (*key.Key, error) {
	k, err := a.keyAtHand(c, m)
	if k != nil || err != nil {
		return k, err
	}
	if !isTerminal(a.stdin) {
		return nil, formats.WithHint(formats.Reason(formats.ErrKey, "%s is encrypted and no key was given", m.Path()),
			"name the file that holds the key with --encryption-key-file, or in %s", keyFileEnv)
	}
	return a.find(key.Lookup{Prompt: func() ([]byte, error) { return a.secret("key of " + m.Path() + ": ") }})
}

// keyAtHand returns the key that was given, or that which Datumaro left in the
// folder of the dataset; nil where there is neither.
func (a *app) keyAtHand(c *cli.Command, m *datum.Found) (*key.Key, error) {
	k, err := a.givenKey(c)
	if k != nil || err != nil {
		return k, err
	}
	beside, ok := m.Folder.Local(datum.SecretKeyFile)
	if !ok || !exists(beside) {
		return nil, nil
	}
	a.Warn("using the key that lies in the dataset, %s: it protects nothing there", beside)
	return a.find(key.Lookup{File: beside})
}

var errNoTerminal = errors.New("there is no terminal to ask on")

// secret asks for a line that is not shown.
func (a *app) secret(prompt string) ([]byte, error) {
	if !isTerminal(a.stdin) {
		return nil, errNoTerminal
	}
	fmt.Fprint(a.stderr, prompt)
	defer fmt.Fprintln(a.stderr)
	return term.ReadPassword(int(a.stdin.(*os.File).Fd()))
}

// passphraseOf asks for the passphrase of a wrapped key file.
func (a *app) passphraseOf(path string) ([]byte, error) {
	if p := a.getenv(passphraseEnv); p != "" {
		return []byte(p), nil
	}
	return a.secret("passphrase of " + path + ": ")
}

// newPassphrase asks for a passphrase twice, or reads a line of standard input
// where that is no terminal.
func (a *app) newPassphrase() ([]byte, error) {
	if p := a.getenv(passphraseEnv); p != "" {
		return []byte(p), nil
	}
	if !isTerminal(a.stdin) {
		return a.firstLine()
	}
	first, err := a.secret("new passphrase: ")
	if err != nil {
		return nil, err
	}
	second, err := a.secret("the same again: ")
	defer clear(second)
	if err != nil {
		return nil, err
	}
	if !bytes.Equal(first, second) {
		clear(first)
		return nil, formats.Reason(formats.ErrUsage, "the passphrases differ")
	}
	return first, nil
}

func (a *app) firstLine() ([]byte, error) {
	const longest = 4096
	text, err := io.ReadAll(io.LimitReader(a.stdin, longest))
	if err != nil {
		return nil, err
	}
	line, _, _ := bytes.Cut(text, []byte{'\n'})
	return bytes.TrimSuffix(line, []byte{'\r'}), nil
}
