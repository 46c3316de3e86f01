package install

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"datum/formats"
)

// errOther: a file is not what is pinned.
var errOther = errors.New("it is not the file that is pinned for this machine")

// place copies a file of the runtime out of a source into dir. It is there only
// if it is what it must be.
func place(ctx context.Context, dir string, f File, s source) error {
	err := placeOnce(ctx, dir, f, s)
	if errors.Is(err, errOther) && s.again(f) {
		err = placeOnce(ctx, dir, f, s)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", f.Name, err)
	}
	return nil
}

func placeOnce(ctx context.Context, dir string, f File, s source) error {
	r, err := s.open(ctx, f)
	if err != nil {
		return err
	}
	defer r.Close()
	path := filepath.Join(dir, f.Name)
	if err := makeFolder(filepath.Dir(path)); err != nil {
		return err
	}
	w, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return err
	}
	err = copyChecked(w, stopping{ctx, r}, f)
	if err = errors.Join(err, w.Chmod(0o644), w.Close()); err != nil { // whatever the umask
		os.Remove(path)
	}
	return err
}

// makeFolder makes a folder that everybody can read, whatever the umask.
func makeFolder(dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	return os.Chmod(dir, 0o755)
}

// copyChecked copies no more than a file has to have, and checks it. What goes
// wrong while it is unpacked means that it is not what it has to be.
func copyChecked(w io.Writer, r io.Reader, f File) error {
	sum := sha256.New()
	n, err := io.Copy(io.MultiWriter(w, sum), io.LimitReader(r, f.Size+1))
	if err == nil && n != f.Size {
		err = formats.Reason(formats.ErrCorrupt, "%w: its size is not %d bytes", errOther, f.Size)
	}
	if got := hex.EncodeToString(sum.Sum(nil)); err == nil && got != f.SHA256 {
		err = formats.Reason(formats.ErrCorrupt, "%w: its SHA-256 is %s, not %s", errOther, got, f.SHA256)
	}
	var here *fs.PathError
	if err != nil && !errors.Is(err, errOther) && !errors.As(err, &here) && !isStop(err) {
		err = formats.Reason(formats.ErrCorrupt, "%w: %w", errOther, err)
	}
	return err
}

func isStop(err error) bool {
	return errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded)
}

// stopping reads until the context ends.
type stopping struct {
	ctx context.Context
	io.Reader
}

func (s stopping) Read(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.Reader.Read(p)
}

// check reports what is wrong with a file of an installed runtime: it matches
// [fs.ErrNotExist] where it is not there.
func check(ctx context.Context, dir string, f File) error {
	file, err := os.Open(filepath.Join(dir, f.Name))
	if err != nil {
		return err
	}
	defer file.Close()
	if err := copyChecked(io.Discard, stopping{ctx, file}, f); err != nil {
		return fmt.Errorf("%s: %w", file.Name(), err)
	}
	return nil
}
