package datum

import (
	"errors"
	"io/fs"
	"path/filepath"

	"datum/crypto/fernet"
	"datum/crypto/key"
	"datum/formats"
	"datum/internal/atomicdir"
	"datum/internal/resume"
)

// ErrResumable marks the error of an export that failed and left what it had
// finished for the next one, see [ExportOptions.Resume].
var ErrResumable = errors.New("it can be resumed")

// journal is the account of an export that can be resumed. A nil one is that of
// an export that cannot.
type journal struct{ *resume.Journal }

// stage prepares the folder to be filled, and the journal if there is one.
func (o *ExportOptions) stage(folder string) (*atomicdir.Dir, *journal, error) {
	if o.Resume == nil {
		stage, err := atomicdir.Stage(folder, o.Overwrite)
		return stage, nil, err
	}
	var j *resume.Journal
	stage, err := atomicdir.Resume(folder, o.Overwrite, func(left, kept string) (err error) {
		j, err = resume.Open(left, kept, o.Resume.digest+" "+o.Key.Fingerprint(), o.cipher())
		if err != nil || !o.Encrypt {
			return err
		}
		if err = keepKey(o.Key, filepath.Join(kept, resume.KeyName)); err != nil {
			j.Discard() // what is under a key that is lost is lost
		}
		return err
	})
	if err != nil {
		if j != nil {
			j.Close()
		}
		return nil, nil, err
	}
	j.Into(stage.Path(), stage.FlushFiles)
	stage.Keeps = func() bool {
		// What could not be flushed is not certain, and will be looked at.
		_ = j.Keep()
		return j.Finished() > 0
	}
	return stage, &journal{j}, nil
}

func (o *ExportOptions) cipher() *fernet.Cipher {
	if o.Key == nil {
		return nil
	}
	return o.Key.Cipher()
}

// keepKey makes sure that a new key outlasts this run: without it, what the run
// has encrypted would be worth nothing to the next one.
func keepKey(k *key.Key, path string) error {
	err := k.WriteFile(path)
	if errors.Is(err, fs.ErrExist) {
		return nil // it was read from there
	}
	return err
}

// keptKey returns the new key of an export that was interrupted and can be
// resumed; nil where there is none.
func (o *ExportOptions) keptKey(folder string) *key.Key {
	if o.Resume == nil {
		return nil
	}
	kept, err := atomicdir.KeptPath(folder)
	if err != nil {
		return nil
	}
	k, err := key.ReadFile(filepath.Join(kept, resume.KeyName))
	if err != nil {
		return nil
	}
	return k
}

// keeper is what the writers of formats see of the journal.
func (j *journal) keeper() formats.MediaKeeper {
	if j == nil {
		return nil
	}
	return j.Journal
}

// end tells in res, and in the error of an export that failed, what became of
// the account. It is called after the folder was committed or given up.
func (j *journal) end(stage *atomicdir.Dir, res *Result, err error) error {
	if j == nil {
		return err
	}
	res.Resumed, res.Anew = j.Taken(), j.Anew
	j.Close()
	if err == nil || stage.Placed() || stage.Keeps == nil || j.Finished() == 0 {
		return err
	}
	res.Kept = j.Finished()
	full := ""
	if formats.IsFull(err) {
		full = "the disk is full: make room; "
	}
	return formats.WithHint(formats.Reason(ErrResumable, "%w", err),
		"%s%d media files are finished and kept: the same command goes on from there, and begins anew without --resume", full, res.Kept)
}
