package atomicdir

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
)

// WriteFile writes a file beside the one that is there, and gives it its name when it
// is on the disk.
func WriteFile(ctx context.Context, path string, mode os.FileMode, content func(io.Writer) error) error {
	dir, err := StageFile(path)
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	defer dir.Abort()
	const staged = "file"
	f, err := os.OpenFile(filepath.Join(dir.Path(), staged), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	if err := errors.Join(content(f), f.Close()); err != nil {
		return err
	}
	return dir.CommitFile(ctx, staged, func() error { return nil })
}
