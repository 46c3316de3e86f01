package install

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"datum/formats"
	"datum/internal/atomicdir"
)

// Options say where the runtime comes from and what of it is wanted.
type Options struct {
	// Getenv tells where the runtime goes and how pip is set up.
	Getenv func(string) string
	// Index is the address of a package index, in place of those that pip is
	// set up with.
	Index string
	// FindLinks are wheels and folders, in place of all indexes.
	FindLinks []string
	// Frontends are what else is wanted; see [Release.Frontends].
	Frontends []string
	// Note is told what is done, Meter how far it is. Both may be nil.
	Note  func(format string, args ...any)
	Meter Meter

	// Tests have a runtime of their own, and less patience.
	pinned *Release
	pause  time.Duration
}

// Meter shows how far a piece of work is; total is -1 where it is not known. It
// returns a function that takes the bytes done so far, and one that ends it.
type Meter func(what string, total int64) (set func(int64), done func())

// start is called even where there is no meter. add takes what is new.
func (m Meter) start(what string, total int64) (add func(int64), done func()) {
	if m == nil {
		return func(int64) {}, func() {}
	}
	set, done := m(what, total)
	var at atomic.Int64
	return func(n int64) { set(at.Add(n)) }, done
}

// Report is what an installation did.
type Report struct {
	Path    string `json:"path"`
	Version string `json:"version"`
	// Source is where the files came from; it is empty where all were there.
	Source string `json:"source,omitempty"`
	Files  int    `json:"files"`
	Bytes  int64  `json:"bytes"`
	// New counts the files that were put in place now.
	New int `json:"new"`
	// Downloaded are the bytes that came from servers, except to pip.
	Downloaded int64   `json:"downloaded"`
	Seconds    float64 `json:"seconds"`
	// NoTurbo says why libturbojpeg could not be had; the runtime is there without it.
	NoTurbo string `json:"no_turbojpeg,omitempty"`
}

// installation is one that is going on.
type installation struct {
	Options
	release *Release
	dir     string // the one to be made
	parts   string // what is kept where it is interrupted
	staging *atomicdir.Dir
	client  func() (*client, error) // made when it is needed
	begun   time.Time
	arrived int64 // bytes from servers
}

// Install puts the runtime into [Folder], or completes and repairs it there. The
// folder appears with everything in it or not at all; what else lies in it stays. After a failure what was
// downloaded is kept, and the next call goes on with it.
func Install(ctx context.Context, o Options) (*Report, error) {
	in, err := prepare(o)
	if err != nil {
		return nil, err
	}
	files := in.wanted()
	if len(in.missing(ctx, files)) == 0 && ctx.Err() == nil {
		return in.report(files, nil, ""), checkOwn(in.dir)
	}
	if err := in.stage(); err != nil {
		return nil, err
	}
	defer in.staging.Abort()
	// Anew, now that nobody else is at work, and what was killed half-way is put right.
	files = in.wanted()
	missing := in.missing(ctx, files)
	if err := in.keep(files, missing); err != nil {
		return nil, err
	}
	own, turbo := split(missing)
	from, err := in.fill(ctx, own, in.release)
	if err != nil {
		return nil, byHand(err, in.release)
	}
	noTurbo := in.fillTurbo(ctx, turbo)
	if noTurbo != "" {
		missing = own
		files, _ = split(files)
	}
	if err := in.staging.Commit(ctx); err != nil {
		return nil, err
	}
	r := in.report(files, missing, from)
	r.NoTurbo = noTurbo
	return r, nil
}

func prepare(o Options) (*installation, error) {
	in := &installation{Options: o, release: o.pinned, begun: time.Now()}
	if in.Note == nil {
		in.Note = func(string, ...any) {}
	}
	in.client = sync.OnceValues(in.newClient)
	var err error
	if in.release == nil {
		if in.release, err = Pinned(); err != nil {
			return nil, err
		}
	}
	known := in.release.Frontends()
	for _, name := range o.Frontends {
		if !slices.Contains(known, name) {
			return nil, formats.Reason(formats.ErrUsage, "there is no frontend %q, only %s", name, strings.Join(known, ", "))
		}
	}
	in.dir, err = Folder(o.Getenv)
	return in, err
}

// wanted are the files of the default, those that were asked for, and the
// frontends that are there already.
func (in *installation) wanted() []File {
	extra := slices.Clone(in.Frontends)
	for _, f := range in.release.Files {
		if _, err := os.Lstat(filepath.Join(in.dir, f.Name)); err == nil {
			extra = append(extra, f.Frontend)
		}
	}
	return in.release.choose(extra)
}

// missing returns which of files are not as they must be: with the right content, and
// nothing that others could change later.
func (in *installation) missing(ctx context.Context, files []File) []File {
	return slices.DeleteFunc(slices.Clone(files), func(f File) bool {
		st, err := os.Lstat(filepath.Join(in.dir, f.Name))
		return err == nil && untouchable(st) && check(ctx, in.dir, f) == nil
	})
}

// untouchable reports whether others cannot change a file.
func untouchable(st fs.FileInfo) bool { return st.Mode().IsRegular() && st.Mode()&0o022 == 0 }

// stage locks the folder and makes one beside it to be filled.
func (in *installation) stage() error {
	if err := os.MkdirAll(filepath.Dir(in.dir), 0o755); err != nil {
		return err
	}
	if err := checkOwn(filepath.Dir(in.dir)); err != nil {
		return err
	}
	var err error
	if in.parts, err = atomicdir.KeptPath(in.dir); err != nil {
		return err
	}
	// What an earlier run downloaded stays where it is.
	in.staging, err = atomicdir.Resume(in.dir, true, func(_, kept string) error { return os.MkdirAll(kept, 0o755) })
	if errors.Is(err, atomicdir.ErrLocked) {
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s: another process is installing it", in.dir), "wait until it is done")
	}
	if err != nil {
		return err
	}
	in.staging.Keeps = func() bool { return hasFiles(in.parts) }
	return makeFolder(in.staging.Path())
}

// hasFiles reports whether there is anything in a folder.
func hasFiles(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && len(entries) > 0
}

// keep takes over what is installed and as it must be, and what is not ours.
func (in *installation) keep(files, missing []File) error {
	for _, f := range files {
		if slices.Contains(missing, f) {
			continue
		}
		to := filepath.Join(in.staging.Path(), f.Name)
		if err := makeFolder(filepath.Dir(to)); err != nil {
			return err
		}
		if err := os.Link(filepath.Join(in.dir, f.Name), to); err != nil {
			return err
		}
	}
	return in.keepOthers()
}

// keepOthers takes over what the user has put beside the runtime, such as a library
// of further operations.
func (in *installation) keepOthers() error {
	ours := map[string]bool{}
	for _, f := range in.release.all() {
		ours[f.Name] = true
	}
	dir, err := filepath.EvalSymlinks(in.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil || ours[name] {
			return err
		}
		to := filepath.Join(in.staging.Path(), name)
		if err := makeFolder(filepath.Dir(to)); err != nil {
			return err
		}
		return os.Link(path, to)
	})
}

// fill puts files of a wheel in place and returns where they came from.
func (in *installation) fill(ctx context.Context, files []File, wheel *Release) (string, error) {
	if len(files) == 0 {
		return "", nil
	}
	s, from, err := in.find(ctx, wheel)
	if err != nil {
		return "", err
	}
	defer s.close()
	in.Note("installing from %s", from)
	total := int64(0)
	r, isRemote := s.(*remote)
	if isRemote {
		total = r.needed(files)
	}
	add, done := in.Meter.start("downloading", total)
	defer done()
	if isRemote {
		r.progress = add
	}
	for _, f := range files {
		if err := place(ctx, in.staging.Path(), f, s); err != nil {
			return "", fmt.Errorf("%s: %w", from, err)
		}
	}
	return from, nil
}

func (in *installation) report(files, missing []File, from string) *Report {
	r := &Report{Path: in.dir, Version: Version, Source: from, Files: len(files), New: len(missing), Downloaded: in.arrived, Seconds: time.Since(in.begun).Seconds()}
	for _, f := range files {
		r.Bytes += f.Size
	}
	return r
}
