package install

import (
	"context"
	"os"
	"path/filepath"
	"strings"
)

// TurboVersion is the release of libjpeg-turbo whose libturbojpeg is pinned.
const TurboVersion = "2.1.92"

// Turbo is the libturbojpeg that [Install] put beside the runtime.
type Turbo struct {
	Path string `json:"path"`
	// Version is that of libjpeg-turbo, Package where it came from.
	Version string `json:"version"`
	Package string `json:"package"`
}

// FindTurbo returns the path of the libturbojpeg that [Install] put beside the
// runtime, also where [Env] names another one. It is empty where there is none that
// can be trusted.
func FindTurbo(getenv func(string) string) string {
	r, err := Pinned()
	if err != nil {
		return ""
	}
	return r.findTurbo(getenv)
}

func (r *Release) findTurbo(getenv func(string) string) string {
	dir, err := Folder(getenv)
	if err != nil || r.Turbo == nil || checkOwn(dir) != nil {
		return ""
	}
	path := filepath.Join(dir, r.Turbo.Library.Name)
	st, err := os.Lstat(path)
	if err != nil || !untouchable(st) || st.Size() != r.Turbo.Library.Size {
		return ""
	}
	return path
}

// lookForTurbo returns nil where libturbojpeg is not there.
func (r *Release) lookForTurbo(getenv func(string) string) *Turbo {
	path := r.findTurbo(getenv)
	if path == "" {
		return nil
	}
	return &Turbo{path, TurboVersion, r.Turbo.Package + " " + r.Turbo.Version}
}

// fillTurbo puts the files of libturbojpeg in place. There is another decoder, so a
// failure is only told, in one line.
func (in *installation) fillTurbo(ctx context.Context, files []File) (why string) {
	_, err := in.fill(ctx, files, in.release.Turbo)
	if err == nil {
		return ""
	}
	for _, f := range files {
		os.Remove(filepath.Join(in.staging.Path(), f.Name))
	}
	return strings.ReplaceAll(err.Error(), "\n", "; ")
}
