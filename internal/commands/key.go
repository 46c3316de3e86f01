package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/crypto/key"
	"datum/formats"
)

func (a *app) keyCommand() *cli.Command {
	return &cli.Command{
		Name:      "key",
		Usage:     "make, name, check, wrap and unwrap keys",
		UsageText: "datum key COMMAND [options] [arguments]",
		Commands: []*cli.Command{
			{
				Name: "new", Usage: "make a key", UsageText: "datum key new FILE", Action: a.keyNew,
				Description: "Writes a new random key to FILE, readable by its owner only. An existing file is never overwritten.",
			},
			{
				Name: "fingerprint", Usage: "print what tells a key from others without revealing it", UsageText: "datum key fingerprint [FILE]",
				Action: a.keyFingerprint, Flags: keyFlags(),
			},
			{
				Name: "check", Usage: "say whether a key is well formed, and whether it opens a dataset", UsageText: "datum key check [FILE] [DATASET]",
				Action: a.keyCheck, Flags: keyFlags(),
			},
			{
				Name: "wrap", Usage: "put a key under a passphrase", UsageText: "datum key wrap IN OUT", Action: a.keyWrap,
				Description: `Encrypts the key in IN under a passphrase (argon2id) and writes it to OUT. Every command takes OUT in
place of IN, and asks for the passphrase; scripts set ` + passphraseEnv + `.`,
			},
			{Name: "unwrap", Usage: "take a key from under its passphrase", UsageText: "datum key unwrap IN OUT", Action: a.keyUnwrap},
		},
	}
}

// keyResult is the answer of all key commands.
type keyResult struct {
	Fingerprint string `json:"fingerprint"`
	File        string `json:"file,omitempty"`
	Opens       string `json:"opens,omitempty"`
	text        string
}

func (keyResult) Kind() string { return "key" }

func (r keyResult) Text(w io.Writer) { fmt.Fprintln(w, r.text) }

// exactly returns n arguments.
func exactly(c *cli.Command, n int) ([]string, error) {
	if c.Args().Len() != n {
		return nil, usagef(c, "there are %d arguments instead of %d", c.Args().Len(), n)
	}
	return c.Args().Slice(), nil
}

func (a *app) keyNew(_ context.Context, c *cli.Command) error {
	p, err := exactly(c, 1)
	if err != nil {
		return err
	}
	k, err := key.New()
	if err != nil {
		return err
	}
	defer k.Destroy()
	if err := neverOverwritten(k.WriteFile(p[0])); err != nil {
		return err
	}
	fp := k.Fingerprint()
	return a.Result(keyResult{Fingerprint: fp, File: p[0], text: fmt.Sprintf("wrote a new key to %s, fingerprint %s", p[0], fp)})
}

func neverOverwritten(err error) error {
	if errors.Is(err, fs.ErrExist) {
		return formats.WithHint(formats.Reason(formats.ErrExists, "%w", err), "a key file is never overwritten, since a dataset may still need it")
	}
	return err
}

// keyNamed returns the key in a file, or from the flags and the environment
// where path is empty. There must be one.
func (a *app) keyNamed(c *cli.Command, path string) (k *key.Key, err error) {
	if path != "" {
		k, err = a.find(key.Lookup{File: path})
	} else {
		k, err = a.givenKey(c)
	}
	if err == nil && k == nil {
		err = formats.WithHint(formats.Reason(formats.ErrKey, "no key was given"), "name the file that holds it")
	}
	return k, err
}

func (a *app) keyFingerprint(_ context.Context, c *cli.Command) error {
	args, err := arguments(c, 1)
	if err != nil {
		return err
	}
	file, _ := pick("", args)
	k, err := a.keyNamed(c, file)
	if err != nil {
		return err
	}
	defer k.Destroy()
	return a.Result(keyResult{Fingerprint: k.Fingerprint(), text: k.Fingerprint()})
}

// keyCheck takes the key from its first argument unless flags name one.
func (a *app) keyCheck(ctx context.Context, c *cli.Command) error {
	args, err := arguments(c, 2)
	if err != nil {
		return err
	}
	file := ""
	if !keyGivenByFlag(c) {
		file, args = pick("", args)
	}
	in, _ := pick("", args)
	k, err := a.keyNamed(c, file)
	if err != nil {
		return err
	}
	defer k.Destroy()
	r := keyResult{Fingerprint: k.Fingerprint(), text: "the key is well formed"}
	if in != "" {
		ds, err := datum.Open(ctx, in, datum.Options{Registry: a.registry, ImportOptions: formats.ImportOptions{Key: k}})
		if err != nil {
			return err
		}
		defer ds.Close()
		r.Opens = in
		r.text += " and opens " + in
	}
	r.text += ", fingerprint " + r.Fingerprint
	return a.Result(r)
}

func (a *app) keyWrap(_ context.Context, c *cli.Command) error {
	p, err := exactly(c, 2)
	if err != nil {
		return err
	}
	k, err := a.keyNamed(c, p[0])
	if err != nil {
		return err
	}
	defer k.Destroy()
	pass, err := a.newPassphrase()
	if err != nil {
		return err
	}
	defer clear(pass)
	wrapped, err := key.Wrap(k, pass, key.DefaultParams)
	if err != nil {
		return err
	}
	if err := neverOverwritten(writeNew(p[1], wrapped)); err != nil {
		return err
	}
	return a.Result(keyResult{Fingerprint: k.Fingerprint(), File: p[1], text: fmt.Sprintf("wrote the wrapped key to %s; %s still holds it in clear", p[1], p[0])})
}

// writeNew writes a file that only its owner can read, and that was not there.
func writeNew(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		os.Remove(path)
	}
	return err
}

func (a *app) keyUnwrap(_ context.Context, c *cli.Command) error {
	p, err := exactly(c, 2)
	if err != nil {
		return err
	}
	k, err := a.keyNamed(c, p[0])
	if err != nil {
		return err
	}
	defer k.Destroy()
	if err := neverOverwritten(k.WriteFile(p[1])); err != nil {
		return err
	}
	return a.Result(keyResult{Fingerprint: k.Fingerprint(), File: p[1], text: fmt.Sprintf("wrote the key to %s", p[1])})
}
