package key

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
)

// maxFile is how many bytes of a key file are read at most: a wrapped key with
// room to spare.
const maxFile = 4096

// keyLike finds what may be a key in a path: people do pass the key where the
// name of its file belongs, and a path ends up in errors.
var keyLike = regexp.MustCompile(Prefix + `[0-9A-Za-z_-]{40,}`)

// checkPath refuses a path which holds a key, without showing it.
func checkPath(path string) error {
	if keyLike.MatchString(path) {
		return fmt.Errorf("%w: the name of the key file is a key itself", ErrMalformed)
	}
	return nil
}

// ReadFile reads a key from the file at path, which may be a pipe. At most 4096
// bytes are read. The error of a wrapped key is [ErrWrapped], and of anything
// else which is not a key [ErrMalformed].
func ReadFile(path string) (*Key, error) {
	data, err := readFile(path)
	if err != nil {
		return nil, err
	}
	defer clear(data)
	k, err := parseFile(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return k, nil
}

// parseFile is Parse for the content of a key file.
func parseFile(data []byte) (*Key, error) {
	if isWrapped(data) {
		return nil, ErrWrapped
	}
	return Parse(data)
}

// readFile returns the bounded content of a key file, which the caller clears.
func readFile(path string) ([]byte, error) {
	if err := checkPath(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read key file: %w", err)
	}
	defer f.Close()
	data, err := readBounded(f)
	if err != nil {
		return nil, fmt.Errorf("read key file %s: %w", path, err)
	}
	return data, nil
}

// readBounded reads all of r into one array, so that clearing it leaves no copy.
func readBounded(r io.Reader) ([]byte, error) {
	data := make([]byte, maxFile+1)
	n, err := io.ReadFull(r, data)
	switch {
	case err == nil:
		clear(data)
		return nil, fmt.Errorf("%w: length is more than %d bytes", ErrMalformed, maxFile)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return data[:n], nil
	}
	clear(data)
	return nil, err
}

// WorldReadable reports whether every user of the machine may read the file at
// path. On Windows, where the mode does not tell, it reports false.
func WorldReadable(path string) (bool, error) {
	if err := checkPath(path); err != nil {
		return false, err
	}
	info, err := os.Stat(path)
	if err != nil {
		return false, fmt.Errorf("look at key file: %w", err)
	}
	return runtime.GOOS != "windows" && info.Mode().Perm()&0o004 != 0, nil
}

// WriteFile writes the text of the key, 50 bytes without a line break, to a new
// file at path with mode 0600 and makes sure that it reached the disk. It never
// replaces a file: the error is then one of [io/fs.ErrExist]. A file which could
// not be finished is removed.
func (k *Key) WriteFile(path string) error {
	if err := checkPath(path); err != nil {
		return err
	}
	text := k.AppendText(make([]byte, 0, textLen))
	defer clear(text)
	if len(text) == 0 {
		return ErrDestroyed
	}
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write key file: %w", err)
	}
	if err := fill(f, text); err != nil {
		os.Remove(path)
		return fmt.Errorf("write key file: %w", err)
	}
	syncFolder(filepath.Dir(path))
	return nil
}

// fill writes all of text to f, to the disk, and closes f. The mode is set
// again because the umask may have taken bits from it.
func fill(f *os.File, text []byte) error {
	err := f.Chmod(0o600)
	if err == nil {
		_, err = f.Write(text)
	}
	if err == nil {
		err = f.Sync()
	}
	return errors.Join(err, f.Close())
}

// syncFolder makes the entry of a new file last. Some file systems cannot, and
// the file is whole all the same, so that is no error.
func syncFolder(path string) {
	if folder, err := os.Open(path); err == nil {
		folder.Sync()
		folder.Close()
	}
}
