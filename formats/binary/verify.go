package binary

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/nameset"
	"datum/internal/workers"
)

// Report is what [Verify] checked.
type Report struct {
	Subsets     int `json:"subsets"`
	Items       int `json:"items"`
	Annotations int `json:"annotations"`
	// Tokens is the number of tokens whose HMAC was checked; 0 in a plain
	// dataset.
	Tokens int `json:"tokens"`
	// Media is the number of media files that were read to the end, and
	// MediaBytes their size in plaintext.
	Media      int   `json:"media"`
	MediaBytes int64 `json:"media_bytes"`
	// Manifest says that every token and file was also compared with the
	// manifest. Without it, swapped or dropped items go unnoticed.
	Manifest bool `json:"manifest"`
	// Missing counts media files that are listed and not there, in a dataset
	// without manifest; with one they are an error.
	Missing int `json:"missing"`
	// Unlisted counts files in the media folders that no item names, and
	// FirstUnlisted names one.
	Unlisted      int    `json:"unlisted"`
	FirstUnlisted string `json:"first_unlisted,omitempty"`
}

// headTokens are the encrypted sections of a head.
const headTokens = 5

// Verify reads the whole dataset in a folder, annotations and media, and checks
// every token, the manifest and the records. It writes nothing. The first
// thing that is wrong is returned as an error, with its place.
//
// Unless it is nil, progress is called once the number of items is known (-1
// where it is not), and what it returns after each item.
func Verify(ctx context.Context, folder *files.Folder, o formats.ImportOptions, progress func(total int) (set func(items int))) (Report, error) {
	imp, err := open(ctx, folder, o)
	if err != nil {
		return Report{}, err
	}
	defer imp.Close()
	m := imp.(*importer)
	v := verifier{m: m, listed: nameset.New()}
	v.Subsets, v.Manifest = len(m.files), m.hasSidecars
	for _, f := range m.files {
		if m.seal.cipher != nil {
			v.Tokens += headTokens + len(f.blobs)
			if f.side != nil {
				v.Tokens += 1 + len(f.blobs)
			}
		}
	}
	set := func(int) {}
	if progress != nil {
		set = progress(m.info.Total())
	}
	checks := workers.Map(ctx, workers.Count(o.Workers), imp.Items(ctx), v.readMedia)
	for c, err := range checks {
		if err != nil {
			return v.Report, err
		}
		v.add(c)
		set(v.Items)
	}
	return v.Report, v.findUnlisted()
}

type verifier struct {
	Report
	m      *importer
	listed *nameset.Set
}

// itemCheck is what was read of one item.
type itemCheck struct {
	annotations, files, tokens, missing int
	bytes                               int64
	paths                               []string
}

// readMedia runs on the pool.
func (v *verifier) readMedia(it dataset.Item) (c itemCheck, err error) {
	c.annotations = len(it.Annotations)
	for _, f := range dataset.Files(it.Media) {
		s := ownSource(f.Source)
		if s == nil {
			continue
		}
		n, err := s.readThrough()
		if errors.Is(err, fs.ErrNotExist) && s.sidecar == nil {
			c.missing++
			continue
		}
		if err != nil {
			return c, fmt.Errorf("item %q: %w", it.ID, err)
		}
		c.files++
		c.bytes += n
		if s.encrypted() {
			c.tokens++
		}
		c.paths = append(c.paths, s.path, s.fallback)
	}
	return c, nil
}

// encrypted reports whether the file should be a token.
func (s *source) encrypted() bool {
	if s.sidecar != nil {
		return s.sidecar.Sealed
	}
	return s.sealed
}

func (s *source) readThrough() (int64, error) {
	r, err := s.Open()
	if err != nil {
		return 0, err
	}
	defer r.Close()
	return io.Copy(io.Discard, r)
}

func (v *verifier) add(c itemCheck) {
	v.Items++
	v.Annotations += c.annotations
	v.Media += c.files
	v.Tokens += c.tokens
	v.Missing += c.missing
	v.MediaBytes += c.bytes
	for _, p := range c.paths {
		v.listed.Add(p)
	}
}

// findUnlisted looks for media files that no item names.
func (v *verifier) findUnlisted() error {
	for _, dir := range []string{imagesDir, pointCloudsDir, videosDir} {
		err := fs.WalkDir(v.m.dir, dir, func(p string, d fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil || d.IsDir() {
				return err
			}
			if v.listed.Add(p) {
				v.Unlisted++
				if v.FirstUnlisted == "" {
					v.FirstUnlisted = path.Clean(p)
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}
