package datum

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"datum/crypto/key"
	"datum/formats"
)

// SecretKeyFile is the name under which a new key is left in the folder of a
// dataset, as Datumaro named it.
const SecretKeyFile = "secret_key.txt"

// chooseKey makes sure that Key is set where the dataset is to be encrypted,
// and finds before any work is done what would go wrong with the key's file
// after it. The key that it returns is the caller's to destroy, nil when it
// came from outside. Afterwards Encrypt says that a key has to be written.
func (o *ExportOptions) chooseKey(folder string) (*key.Key, error) {
	old, err := oldKey(folder)
	if err != nil {
		return nil, err
	}
	made := o.Encrypt && o.Key == nil
	o.Encrypt = made
	switch {
	case made && old != nil && o.KeyOut == "":
		o.Key = old
		return old, nil
	case old != nil && !old.Equal(o.Key):
		old.Destroy()
		return nil, formats.WithHint(formats.Reason(formats.ErrExists, "%s: this key would be lost with the old dataset", filepath.Join(folder, SecretKeyFile)),
			"it may open other datasets too: move it away, or delete it")
	case !made:
		return nil, nil
	}
	if err := o.checkKeyOut(folder); err != nil {
		return nil, err
	}
	o.Key, err = key.New()
	return o.Key, err
}

// oldKey returns the key in a folder that is to be overwritten, nil when there
// is none. A file of that name which is no key counts as one: nothing that
// could be a damaged key is deleted.
func oldKey(folder string) (*key.Key, error) {
	path := filepath.Join(folder, SecretKeyFile)
	k, err := key.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, formats.WithHint(formats.Reason(formats.ErrExists, "%w", err), "%s would be lost with the old dataset: move it away, or delete it", path)
	}
	return k, nil
}

func (o *ExportOptions) checkKeyOut(folder string) error {
	if o.KeyOut == "" {
		return nil
	}
	if _, err := os.Lstat(o.KeyOut); err == nil {
		return keyExists(formats.Reason(formats.ErrExists, "%s: exists already", o.KeyOut))
	}
	if inside(o.KeyOut, folder) {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%s: the key would lie in the dataset that it opens", o.KeyOut),
			"name a file outside of it, or leave the choice to datum")
	}
	if _, err := os.Stat(filepath.Dir(o.KeyOut)); err != nil {
		return err
	}
	return nil
}

func keyExists(err error) error {
	return formats.WithHint(err, "a key file is never overwritten, since a dataset may still need it")
}

// writeKey leaves a new key where it was asked for, before the dataset appears:
// there is never a dataset whose key is nowhere. The function it returns takes
// the key back if the dataset does not appear after all.
func (o *ExportOptions) writeKey(res *Result, staged, folder string) (takeBack func(), err error) {
	takeBack = func() {}
	res.Fingerprint = o.Key.Fingerprint()
	if !o.Encrypt {
		return takeBack, nil
	}
	if o.KeyOut == "" {
		res.KeyFile = filepath.Join(folder, SecretKeyFile)
		return takeBack, o.Key.WriteFile(filepath.Join(staged, SecretKeyFile))
	}
	res.KeyFile = o.KeyOut
	if err := o.Key.WriteFile(o.KeyOut); err != nil {
		if errors.Is(err, fs.ErrExist) {
			err = keyExists(formats.Reason(formats.ErrExists, "%w", err))
		}
		return takeBack, err
	}
	return func() { os.Remove(o.KeyOut) }, nil
}
