package key

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// Lookup says where a key may be found. The first place which holds something
// decides, in this order:
//
//  1. File, or Text; both is [ErrConflict]
//  2. the file named by the variable DATUM_ENCRYPTION_KEY_FILE
//  3. the variable DATUM_ENCRYPTION_KEY
//  4. the variable ENCRYPTION_KEY
//  5. Prompt
//
// What is there and is no key is an error; the places after it are not tried.
// An empty string, and a nil function, is a place which holds nothing.
type Lookup struct {
	// File is the path of a key file, or "-" for Stdin.
	File string
	// Text is the text of a key.
	Text string
	// Stdin is read where a file is called "-".
	Stdin io.Reader
	// Getenv returns the value of an environment variable, as os.Getenv does.
	Getenv func(string) string
	// Prompt asks a person for the text of a key. What it returns is cleared.
	Prompt func() ([]byte, error)
	// Passphrase asks for the passphrase of the wrapped key at path. Without it
	// a wrapped key is ErrWrapped. What it returns is cleared.
	Passphrase func(path string) ([]byte, error)
}

const (
	envFile    = "DATUM_ENCRYPTION_KEY_FILE"
	envKey     = "DATUM_ENCRYPTION_KEY"
	envTheirs  = "ENCRYPTION_KEY" // what training jobs of Datumaro set
	fromText   = "key text"
	fromPrompt = "prompt"
)

// Find returns the key and says in origin where it comes from, fit for people
// to read and never showing the key. The error is [ErrNotFound] when no place
// holds anything; the others carry the origin.
func (l Lookup) Find() (k *Key, origin string, err error) {
	switch {
	case l.File != "" && l.Text != "":
		return nil, "", fmt.Errorf("%w: --encryption-key-file and --encryption-key exclude each other", ErrConflict)
	case l.File != "":
		k, origin, err = l.file("", l.File)
	case l.Text != "":
		k, origin, err = text(fromText, []byte(l.Text))
	default:
		k, origin, err = l.surroundings()
	}
	if err != nil && origin != "" {
		err = fmt.Errorf("%s: %w", origin, err)
	}
	return k, origin, err
}

// surroundings looks where nothing was asked for by name.
func (l Lookup) surroundings() (*Key, string, error) {
	if l.Getenv != nil {
		if path := l.Getenv(envFile); path != "" {
			return l.file(envFile+" ", path)
		}
		for _, name := range []string{envKey, envTheirs} {
			if value := l.Getenv(name); value != "" {
				return text(name, []byte(value))
			}
		}
	}
	if l.Prompt == nil {
		return nil, "", ErrNotFound
	}
	answer, err := l.Prompt()
	if err != nil {
		return nil, fromPrompt, err
	}
	return text(fromPrompt, answer)
}

// text parses a key and clears its text.
func text(origin string, b []byte) (*Key, string, error) {
	defer clear(b)
	k, err := Parse(b)
	return k, origin, err
}

// file reads the key file at path; the origin is label and its name.
func (l Lookup) file(label, path string) (*Key, string, error) {
	if err := checkPath(path); err != nil {
		return nil, label + "key file", err
	}
	origin := label + "key file " + path
	data, err := l.read(path)
	if path == "-" {
		origin = label + "standard input"
	}
	if err != nil {
		return nil, origin, err
	}
	defer clear(data)
	k, err := parseFile(data)
	if !errors.Is(err, ErrWrapped) || l.Passphrase == nil {
		return k, origin, err
	}
	passphrase, err := l.Passphrase(path)
	if err != nil {
		return nil, origin, err
	}
	defer clear(passphrase)
	k, err = Unwrap(data, passphrase)
	return k, origin, err
}

func (l Lookup) read(path string) ([]byte, error) {
	if path != "-" {
		data, err := readFile(path)
		if of := (*fs.PathError)(nil); errors.As(err, &of) {
			err = of.Err // the origin names the file
		}
		return data, err
	}
	if l.Stdin == nil {
		return nil, errors.New("standard input is not to be read here")
	}
	return readBounded(l.Stdin)
}
