package datum

import (
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/files"
	"datum/formats"
	"datum/internal/atomicdir"
)

// SecretKeyFile is the name under which a new key is left in the folder of a
// dataset, as Datumaro named it.
const SecretKeyFile = "secret_key.txt"

// chooseKey makes sure that Key is set where the dataset is to be encrypted,
// and finds before any work is done what would go wrong with the key's file
// after it. The key that it returns is the caller's to destroy, nil when it
// came from outside. Afterwards Encrypt says that a key has to be written.
func (o *ExportOptions) chooseKey(folder string) (k *key.Key, err error) {
	var old *key.Key
	if _, archive := archiveKind(folder); !archive && !files.IsURL(folder) {
		if old, err = oldKey(folder); err != nil {
			return nil, err
		}
	}
	made := o.Encrypt && o.Key == nil
	o.Encrypt = made
	switch {
	case old != nil && (made && o.KeyOut == "" || old.Equal(o.Key)):
		// The same key again, left where it was.
		o.Encrypt, o.KeyOut, o.Key = true, "", old
		return old, nil
	case old != nil:
		old.Destroy()
		return nil, wouldBeLost(filepath.Join(folder, SecretKeyFile))
	case !made:
		return nil, nil
	}
	if k := o.orphan(folder); k != nil {
		o.Key, o.adopted = k, true
		return k, nil
	}
	if k := o.keptKey(folder); k != nil {
		o.Key = k
		return k, o.checkKeyOut(folder)
	}
	if err := o.checkKeyOut(folder); err != nil {
		return nil, err
	}
	o.Key, err = key.New()
	return o.Key, err
}

// orphan returns the key in KeyOut where a run that was killed made it for this
// output, and nil otherwise. A key is written before the dataset that it opens
// appears, and never deleted afterwards: the next run takes it, or it could only
// say that the file exists.
func (o *ExportOptions) orphan(folder string) (k *key.Key) {
	if o.KeyOut != "" && folder != Stdin {
		atomicdir.Left(folder, func(note string) { k = o.noted(note) })
	}
	return k
}

// noted returns the key in KeyOut if it is the one that a note is about. It is
// called while nobody writes the output: else the key might be that of a run
// that is just filling its file, or that takes it back.
func (o *ExportOptions) noted(note string) *key.Key {
	if !strings.HasPrefix(note, keyNote) {
		return nil
	}
	if st, err := os.Lstat(o.KeyOut); err == nil && st.Mode().IsRegular() && st.Size() == 0 && !o.DryRun {
		os.Remove(o.KeyOut) // killed between making and filling it
		return nil
	}
	k, err := key.ReadFile(o.KeyOut)
	if err != nil {
		return nil
	}
	if note != keyNote+k.Fingerprint() {
		k.Destroy()
		return nil
	}
	return k
}

// keyNote and a fingerprint are noted beside the output before the file of a
// key is made.
const keyNote = "key "

func wouldBeLost(path string) error {
	return formats.WithHint(formats.Reason(formats.ErrExists, "%s: this key would be lost with the old dataset", path),
		"it may open other datasets too: move it away, or delete it")
}

// oldKey returns the key in a folder that is to be overwritten, nil when there
// is none. Any other file in the folder that is a key, or may be a damaged or
// wrapped one, is an error: no key is ever deleted.
func oldKey(folder string) (*key.Key, error) {
	entries, err := os.ReadDir(folder)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	var found *key.Key
	for _, e := range entries {
		path := filepath.Join(folder, e.Name())
		if e.IsDir() || e.Name() != SecretKeyFile && !startsLikeKey(path) {
			continue
		}
		k, err := key.ReadFile(path)
		if err != nil || e.Name() != SecretKeyFile {
			return nil, wouldBeLost(path)
		}
		found = k
	}
	return found, nil
}

// checkOldKey looks for keys again just before the old folder is deleted: a
// conversion takes hours, in which one may have been put there.
func (o *ExportOptions) checkOldKey(folder string) error {
	old, err := oldKey(folder)
	if err != nil || old == nil {
		return err
	}
	defer old.Destroy()
	if o.Encrypt && o.KeyOut == "" && old.Equal(o.Key) {
		return nil // it is in the new folder, too
	}
	return wouldBeLost(filepath.Join(folder, SecretKeyFile))
}

// startsLikeKey reports whether a file begins as keys and wrapped keys do.
func startsLikeKey(path string) bool {
	f, err := os.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, longestStart)
	n, err := io.ReadFull(f, start)
	return (err == nil || errors.Is(err, io.ErrUnexpectedEOF)) && keyStart(start[:n])
}

// longestStart is how much of a file keyStart needs.
const longestStart = 16

// keyStart reports whether a file that begins so may be a key. Sealed files begin
// with the same letters, but after them comes what no text has.
func keyStart(start []byte) bool {
	isSealed := sealed.Sniff(start) && len(start) >= longestStart && start[12] < ' '
	return strings.HasPrefix(string(start), key.Prefix) && !isSealed
}

func (o *ExportOptions) checkKeyOut(folder string) error {
	if o.KeyOut == "" {
		return nil
	}
	if _, err := os.Lstat(o.KeyOut); err == nil {
		return keyExists(formats.Reason(formats.ErrExists, "%s: exists already", o.KeyOut))
	}
	if atomicdir.Inside(o.KeyOut, folder) {
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
// the key back if the dataset does not appear after all. Stage is nil where the
// output is a stream.
func (o *ExportOptions) writeKey(res *Result, stage *atomicdir.Dir, staged, folder string) (takeBack func(), err error) {
	takeBack = func() {}
	res.Fingerprint = o.Key.Fingerprint()
	if !o.Encrypt {
		return takeBack, nil
	}
	res.KeyFile = o.keyFile(folder)
	if o.KeyOut == "" {
		return takeBack, o.Key.WriteFile(filepath.Join(staged, SecretKeyFile))
	}
	if o.adopted { // it is there, and stays whatever happens
		return takeBack, nil
	}
	if stage != nil {
		if err := stage.Note(keyNote + o.Key.Fingerprint()); err != nil {
			return takeBack, err
		}
	}
	if err := o.Key.WriteFile(o.KeyOut); err != nil {
		if errors.Is(err, fs.ErrExist) {
			err = keyExists(formats.Reason(formats.ErrExists, "%w", err))
		}
		return takeBack, err
	}
	return func() { os.Remove(o.KeyOut) }, nil
}

// keyFile is where the key is to be found afterwards.
func (o *ExportOptions) keyFile(folder string) string {
	if o.KeyOut != "" {
		return o.KeyOut
	}
	return filepath.Join(folder, SecretKeyFile)
}
