package install

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"datum/formats"
)

// Errors that callers act on.
var (
	// ErrNotInstalled: there is no runtime where one is looked for.
	ErrNotInstalled = errors.New("the OpenVINO runtime is not installed")
	// ErrUnsafe: others than the user could change what would be loaded.
	ErrUnsafe = errors.New("others can write there")
	// ErrNoRuntime: nothing is pinned for this kind of machine.
	ErrNoRuntime = errors.New("there is no OpenVINO runtime for this kind of machine")
)

const (
	// Env names a folder of libraries that is used in place of the one that
	// [Install] makes.
	Env = "DATUM_OPENVINO"
	// Command is what a user has to type to get the runtime.
	Command = "datum runtime install"
	// library is the one that datum loads; it finds the others beside it.
	library = "libopenvino_c.so.2641"
)

// Find returns the folder of the runtime's libraries: the one that the
// environment variable [Env] names, or else the one that [Install] made. An error
// that matches [ErrNotInstalled] has [Command] as its hint.
func Find(getenv func(string) string) (dir string, err error) {
	if dir := getenv(Env); dir != "" {
		return named(dir)
	}
	if dir, err = Folder(getenv); err != nil {
		return "", err
	}
	if !holdsRuntime(dir) {
		return "", formats.WithHint(ErrNotInstalled, Command)
	}
	return dir, checkOwn(dir)
}

// named checks a folder that the user chose. Who may write there is for the user
// to know: it may be one of the system's.
func named(dir string) (string, error) {
	dir, err := filepath.Abs(dir)
	if err != nil || holdsRuntime(dir) {
		return dir, err
	}
	return "", formats.WithHint(formats.Reason(ErrNotInstalled, "%s is %s, and there is no %s", Env, dir, library),
		"name the folder of that library, or unset %s and: %s", Env, Command)
}

// CheckFrontend reports whether the runtime that [Find] returns has a part that is
// not always installed. An error matches [ErrNotInstalled] and says as its hint
// how to get it.
func CheckFrontend(getenv func(string) string, name string) error {
	dir, err := Find(getenv)
	if err != nil {
		return err
	}
	release, err := Pinned()
	if err != nil {
		return err
	}
	for _, f := range release.Files {
		if f.Frontend == name && !holds(dir, f.Name) {
			hint := Command + " --with " + name
			if getenv(Env) != "" {
				hint = "unset " + Env + " and: " + hint
			}
			return formats.WithHint(formats.Reason(ErrNotInstalled, "models of %s need a part of the runtime that is not in %s", name, dir), "%s", hint)
		}
	}
	return nil
}

func holdsRuntime(dir string) bool { return holds(dir, library) }

func holds(dir, name string) bool {
	st, err := os.Stat(filepath.Join(dir, name))
	return err == nil && st.Mode().IsRegular()
}

// Folder returns the folder that [Install] makes, be it there or not: it lies in
// the user's data folder and has the version in its name.
func Folder(getenv func(string) string) (string, error) {
	data := getenv("XDG_DATA_HOME")
	if !filepath.IsAbs(data) { // the specification says that relative ones do not count
		home := getenv("HOME")
		if !filepath.IsAbs(home) {
			return "", formats.WithHint(errors.New("there is no data folder: neither XDG_DATA_HOME nor HOME says where"), "set HOME, or name the libraries with %s", Env)
		}
		data = filepath.Join(home, ".local", "share")
	}
	return filepath.Join(data, "datum", "openvino-"+Version), nil
}

// checkOwn refuses a folder that others than the user and the administrator can
// write to, or put another in the place of. What is not there yet is no danger.
func checkOwn(dir string) error {
	named := dir
	dir, err := filepath.EvalSymlinks(dir)
	if err == nil {
		const mostLinks = 40
		err = checkLinks(named, mostLinks)
	}
	for ; err == nil; dir = filepath.Dir(dir) {
		st, err := os.Stat(dir)
		if err != nil {
			return err
		}
		if err := checkFolder(dir, st); err != nil {
			return err
		}
		if dir == filepath.Dir(dir) {
			return nil
		}
	}
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// checkLinks refuses a path with a link on it that others could replace. Where links
// lead is judged by checkOwn.
func checkLinks(path string, left int) error {
	if left == 0 {
		return formats.Reason(ErrUnsafe, "%s leads over too many links", path)
	}
	for ; path != filepath.Dir(path); path = filepath.Dir(path) {
		st, err := os.Lstat(path)
		if err != nil || st.Mode()&fs.ModeSymlink == 0 {
			continue // what is not there is what EvalSymlinks tells of
		}
		if !ownedByUs(st) {
			return formats.Reason(ErrUnsafe, "%s is a link of another user: libraries are not loaded from there", path)
		}
		if err := checkOwn(filepath.Dir(path)); err != nil {
			return err
		}
		to, err := os.Readlink(path)
		if err != nil {
			return err
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(path), to)
		}
		if err := checkLinks(to, left-1); err != nil {
			return err
		}
	}
	return nil
}

// checkFolder judges one folder. In a folder with the sticky bit, such as /tmp,
// others can add files but not touch ours.
func checkFolder(dir string, st fs.FileInfo) error {
	mode := st.Mode()
	switch {
	case !ownedByUs(st):
		return formats.Reason(ErrUnsafe, "%s belongs to another user: libraries are not loaded from there", dir)
	case mode&fs.ModeSticky != 0:
		return nil
	case mode&0o002 != 0, mode&0o020 != 0 && !ownGroup(st):
		return formats.WithHint(formats.Reason(ErrUnsafe, "others can write to %s: libraries are not loaded from there", dir), "chmod go-w %s", dir)
	}
	return nil
}
