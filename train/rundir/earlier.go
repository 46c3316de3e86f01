package rundir

import (
	"errors"
	"io"
	"os"
	"path/filepath"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/formats"
)

// Checkpoint returns the checkpoint that is meant by path: a folder of a training, or
// the file itself. It reports whether it is sealed.
func Checkpoint(path string) (file string, isSealed bool, err error) {
	st, err := os.Stat(path)
	if err == nil && st.IsDir() {
		for _, name := range []string{sealedCheckpoint, plainCheckpoint} {
			file := filepath.Join(path, name)
			if st, err := os.Stat(file); err == nil && st.Mode().IsRegular() {
				return file, name == sealedCheckpoint, nil
			}
		}
		return "", false, formats.Reason(formats.ErrUsage, "%s: there is no checkpoint of a training", path)
	}
	if err != nil {
		return "", false, formats.Reason(formats.ErrUsage, "%w", err)
	}
	if !st.Mode().IsRegular() {
		return "", false, formats.Reason(formats.ErrUsage, "%s: it is no checkpoint of a training", path)
	}
	f, err := os.Open(path)
	if err != nil {
		return "", false, err
	}
	defer f.Close()
	_, err = sealed.Purpose(f)
	return path, err == nil, nil
}

// Model returns the model that is meant by path: that of a folder of a training, or
// path itself.
func Model(path string) string {
	for _, name := range []string{sealedModel, plainModel, plainClicks} {
		if st, err := os.Stat(filepath.Join(path, name)); err == nil && st.Mode().IsRegular() {
			return filepath.Join(path, name)
		}
	}
	return path
}

// OpenCheckpoint opens a checkpoint that Checkpoint has found; k is nil for a plain one.
func OpenCheckpoint(file string, k *key.Key) (io.ReadCloser, error) {
	f, err := os.Open(file)
	if err != nil || k == nil {
		return f, err
	}
	r, err := sealed.NewReader(f, k, checkpointPurpose)
	if err != nil {
		return nil, errors.Join(&formats.Error{Path: file, Err: trouble(err)}, f.Close())
	}
	return readCloser{r, f}, nil
}
