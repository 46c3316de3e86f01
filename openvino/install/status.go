package install

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"datum/formats"
	"datum/internal/atomicdir"
)

// Status is what there is of the runtime.
type Status struct {
	// Path is where it is, or would be installed.
	Path      string `json:"path"`
	Installed bool   `json:"installed"`
	// Named says that the environment variable [Env] chose the folder.
	Named   bool   `json:"named"`
	Version string `json:"version,omitempty"`
	Files   int    `json:"files"`
	Bytes   int64  `json:"bytes"`
	// Frontends are those that are there besides the default.
	Frontends []string `json:"frontends,omitempty"`
	// Checked says that the files' SHA-256 were compared, and not only their
	// sizes. Damaged are those that are not as they must be, or not there.
	Checked bool     `json:"checked"`
	Damaged []string `json:"damaged,omitempty"`
	// Turbo is libturbojpeg, where it is installed.
	Turbo *Turbo `json:"turbojpeg,omitempty"`
	// Kept is what an interrupted installation downloaded, in bytes.
	Kept int64 `json:"kept,omitempty"`
	CPU  CPU   `json:"cpu"`
}

// Look says what there is of the runtime. With deep it reads all files.
func Look(ctx context.Context, getenv func(string) string, deep bool) (*Status, error) {
	r, err := Pinned()
	if err != nil {
		return nil, err
	}
	return r.look(ctx, getenv, deep)
}

func (r *Release) look(ctx context.Context, getenv func(string) string, deep bool) (*Status, error) {
	own, err := Folder(getenv)
	named := getenv(Env) != ""
	if err != nil && !named {
		return nil, err
	}
	s := &Status{Path: own, Named: named, CPU: readCPU()}
	if own != "" {
		s.Kept = keptBytes(own)
	}
	s.Turbo = r.lookForTurbo(getenv)
	dir, err := Find(getenv)
	if named {
		s.Path = getenv(Env)
	}
	if errors.Is(err, ErrNotInstalled) {
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	s.Path, s.Installed, s.Version, s.Checked = dir, true, Version, deep
	files := r.all()
	if named { // somebody else's, which need not have libturbojpeg
		files = r.Files
	}
	for _, f := range files {
		if err := s.add(ctx, f, deep); err != nil {
			return nil, err
		}
	}
	return s, nil
}

// add looks at one file. A folder that somebody else made need not have the
// licences where datum puts them.
func (s *Status) add(ctx context.Context, f File, deep bool) error {
	st, err := os.Stat(filepath.Join(s.Path, f.Name))
	if errors.Is(err, fs.ErrNotExist) && (f.Optional || f.Frontend != "" || s.Named && f.isLicence()) {
		return nil
	}
	if f.Frontend != "" {
		s.Frontends = append(s.Frontends, f.Frontend)
	}
	s.Files++
	if err == nil {
		s.Bytes += st.Size()
	}
	switch {
	case err != nil, st.Size() != f.Size, deep && check(ctx, s.Path, f) != nil:
		s.Damaged = append(s.Damaged, f.Name)
	}
	return ctx.Err()
}

func (f File) isLicence() bool { return strings.HasPrefix(f.Name, "licenses/") }

// Err is nil where a sound runtime is installed.
func (s *Status) Err() error {
	switch {
	case !s.Installed && s.Named:
		_, err := named(s.Path)
		return err
	case !s.Installed:
		return formats.WithHint(ErrNotInstalled, Command)
	case len(s.Damaged) > 0 && s.Named:
		return formats.Reason(formats.ErrCorrupt, "%s: not as OpenVINO %s has them: %s", s.Path, Version, strings.Join(s.Damaged, ", "))
	case len(s.Damaged) > 0:
		return formats.WithHint(formats.Reason(formats.ErrCorrupt, "%s: damaged or missing: %s", s.Path, strings.Join(s.Damaged, ", ")), Command)
	}
	return nil
}

// keptBytes is the size of what an interrupted installation left.
func keptBytes(dir string) (n int64) {
	kept, err := atomicdir.KeptPath(dir)
	if err != nil {
		return 0
	}
	filepath.WalkDir(kept, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && d.Type().IsRegular() {
			if st, err := d.Info(); err == nil {
				n += st.Size()
			}
		}
		return nil
	})
	return n
}

// CPU is the processor that the runtime works on.
type CPU struct {
	Model string `json:"model,omitempty"`
	// Features are those that make models faster, as the system calls them.
	Features []string `json:"features,omitempty"`
}

// fast are the features that the runtime has faster code for.
var fast = []string{"avx2", "avx512f", "avx_vnni", "avx512_vnni", "avx512_bf16", "amx_tile", "asimddp", "bf16", "sve"}

func readCPU() CPU {
	text, err := readSmall("/proc/cpuinfo")
	if err != nil && text == "" {
		return CPU{}
	}
	return parseCPU(text)
}

// parseCPU reads what the system says of the first processor.
func parseCPU(text string) (c CPU) {
	for line := range strings.Lines(text) {
		name, value, _ := strings.Cut(line, ":")
		switch strings.TrimSpace(name) {
		case "model name":
			c.Model = strings.TrimSpace(value)
		case "flags", "Features":
			for _, f := range strings.Fields(value) {
				if slices.Contains(fast, f) {
					c.Features = append(c.Features, f)
				}
			}
		case "":
			return c
		}
	}
	return c
}
