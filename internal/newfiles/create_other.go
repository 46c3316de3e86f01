//go:build !linux

package newfiles

import (
	"errors"
	"os"
	"path/filepath"
)

// write makes a file where folders cannot be the start of a path.
func write(dir *os.File, base string, content []byte) error {
	f, err := create(dir, base)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	return errors.Join(err, f.Close())
}

func create(dir *os.File, base string) (*os.File, error) {
	return os.OpenFile(filepath.Join(dir.Name(), base), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
}
