package binary

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Storage is how a dataset is kept, as far as it can be seen without the key.
type Storage struct {
	// Encrypted says that annotations are encrypted, MediaEncrypted that the
	// pictures are, too.
	Encrypted      bool `json:"encrypted"`
	MediaEncrypted bool `json:"media_encrypted"`
	// MediaSaved says that there is at least one media file.
	MediaSaved bool `json:"media_saved"`
	// Sidecars says that every subset has a file with its name in place.
	Sidecars bool           `json:"sidecars"`
	Subsets  []StoredSubset `json:"subsets"`
}

// StoredSubset is one .datum file.
type StoredSubset struct {
	Name string `json:"name"`
	// Bytes is the size of the .datum file.
	Bytes int64 `json:"bytes"`
}

// Inspect reads what can be seen of the dataset at path without the key.
func Inspect(path string) (Storage, error) {
	dir, names, err := locate(path)
	if err != nil {
		return Storage{}, err
	}
	s := Storage{Sidecars: true}
	for _, name := range names {
		file := filepath.Join(dir, annotationsDir, name)
		h, err := headOf(file)
		if err != nil {
			return s, inFile(file, err)
		}
		st, err := os.Stat(file)
		if err != nil {
			return s, err
		}
		s.Encrypted = s.Encrypted || h.encrypted()
		s.MediaEncrypted = s.MediaEncrypted || h.encrypted() && h.mediaEncrypted
		stem := strings.TrimSuffix(name, ".datum")
		s.Subsets = append(s.Subsets, StoredSubset{Name: stem, Bytes: st.Size()})
		if _, err := os.Stat(filepath.Join(dir, annotationsDir, stem+".sidecar")); err != nil {
			s.Sidecars = false
		}
	}
	s.MediaSaved = hasFile(filepath.Join(dir, imagesDir)) || hasFile(filepath.Join(dir, pointCloudsDir)) || hasFile(filepath.Join(dir, videosDir))
	return s, nil
}

var errFound = errors.New("found")

func hasFile(dir string) bool {
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err == nil && !d.IsDir() {
			return errFound
		}
		return nil
	})
	return errors.Is(err, errFound)
}

// AllMediaEncrypted reports whether an opened dataset of this format has its
// point clouds and videos encrypted too, which only datum does.
func (m *importer) AllMediaEncrypted() bool {
	return m.hasSidecars && m.files[0].side.AllMediaEncrypted
}
