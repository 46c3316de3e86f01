package install

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"datum/formats"
)

// folder has the files unpacked: an installed openvino package, or what datum
// installed elsewhere.
type folder struct {
	dir   string
	named func(File) string
}

func (d folder) open(_ context.Context, f File) (io.ReadCloser, error) {
	file, err := os.Open(filepath.Join(d.dir, d.named(f)))
	if err != nil {
		return nil, err
	}
	if st, err := file.Stat(); err != nil || !st.Mode().IsRegular() {
		file.Close()
		return nil, &fs.PathError{Op: "open", Path: file.Name(), Err: fmt.Errorf("it is no file")}
	}
	return file, nil
}

func (d folder) again(File) bool { return false }

func (d folder) close() error { return nil }

// openLocal finds the runtime in what the user names: a wheel, a folder with one,
// one where Python packages are installed, its openvino/libs, a virtual
// environment, or a folder that datum made.
func openLocal(path string, r *Release) (source, string, error) {
	entries, err := os.ReadDir(path)
	if st, errStat := os.Stat(path); errStat == nil && !st.IsDir() {
		w, err := openWheel(path)
		if err == nil && w.members[r.Library.Member] == nil {
			w.close()
			return nil, "", formats.Reason(errNotThere, "%s is no wheel of %s %s", path, r.Package, r.Version)
		}
		return w, path, err
	}
	if err != nil {
		return nil, "", err
	}
	names := r.wheelNames()
	for _, e := range entries {
		if names.MatchString(e.Name()) {
			found := filepath.Join(path, e.Name())
			w, err := openWheel(found)
			return w, found, err
		}
	}
	packages, _ := filepath.Glob(filepath.Join(quoteGlob(path), "lib", "python3*", "site-packages"))
	packages = append(packages, path)
	if above, ok := packagesAbove(path); ok {
		packages = append(packages, above)
	}
	for _, dir := range packages {
		if holds(dir, r.Library.Member) {
			return folder{dir, memberOf}, dir, nil
		}
	}
	if holds(path, r.Library.Name) {
		return folder{path, nameOf}, path, nil
	}
	return nil, "", r.notThere(path)
}

func memberOf(f File) string { return f.Member }
func nameOf(f File) string   { return f.Name }

// packagesAbove returns the folder of Python packages that dir is openvino/libs of.
func packagesAbove(dir string) (string, bool) {
	dir, err := filepath.Abs(dir)
	above := filepath.Dir(dir)
	return filepath.Dir(above), err == nil && filepath.Base(dir) == "libs" && filepath.Base(above) == "openvino"
}

// quoteGlob makes a pattern that matches path.
func quoteGlob(path string) string {
	var out []rune
	for _, r := range path {
		switch r {
		case '*', '?', '[', '\\':
			out = append(out, '\\')
		}
		out = append(out, r)
	}
	return string(out)
}
