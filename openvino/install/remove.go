package install

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"datum/formats"
	"datum/internal/atomicdir"
)

// Removed is what was taken away.
type Removed struct {
	Path  string `json:"path"`
	Files int    `json:"files"`
	Bytes int64  `json:"bytes"`
	// Left are names that [Install] did not make, and that are still there.
	Left []string `json:"left,omitempty"`
}

// Remove takes away what [Install] made, and what it kept of an interrupted
// download. Nothing else is touched, least of all the folder that [Env] names.
func Remove(getenv func(string) string) (*Removed, error) {
	r, err := Pinned()
	if err != nil {
		return nil, err
	}
	return r.remove(getenv)
}

func (r *Release) remove(getenv func(string) string) (*Removed, error) {
	dir, err := Folder(getenv)
	if err != nil {
		return nil, err
	}
	done := &Removed{Path: dir, Bytes: keptBytes(dir)}
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) && done.Bytes == 0 {
		return nil, formats.Reason(ErrNotInstalled, "%w in %s: there is nothing to remove", ErrNotInstalled, dir)
	}
	for _, made := range []string{dir, filepath.Join(dir, "licenses")} {
		if st, err := os.Lstat(made); err == nil && !st.IsDir() {
			return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%s is no folder that datum made, and what it leads to is not ours to remove", made), "remove the link itself")
		}
	}
	lock, err := atomicdir.Stage(dir, true)
	if errors.Is(err, atomicdir.ErrLocked) {
		return nil, formats.WithHint(formats.Reason(formats.ErrExists, "%s: another process is installing it", dir), "wait until it is done")
	}
	if err != nil {
		return nil, err
	}
	err = done.files(r)
	lock.Abort() // with it goes what was kept
	os.Remove(filepath.Dir(dir))
	return done, err
}

// files removes the files. The library by which the runtime is found is the first
// to go: half a runtime is none.
func (d *Removed) files(r *Release) error {
	names := []string{library}
	for _, f := range r.all() {
		names = append(names, f.Name)
	}
	for _, name := range names {
		path := filepath.Join(d.Path, name)
		st, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err == nil {
			err = os.Remove(path)
		}
		if err != nil {
			return err
		}
		d.Files++
		d.Bytes += st.Size()
	}
	os.Remove(filepath.Join(d.Path, "licenses"))
	if err := os.Remove(d.Path); err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	entries, err := os.ReadDir(d.Path)
	for _, e := range entries {
		d.Left = append(d.Left, e.Name())
	}
	return err
}
