package binary

import (
	"errors"
	"io/fs"
	"strings"

	"datum/files"
	"datum/formats"
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

// Inspect reads what can be seen of the dataset in a folder without the key.
func Inspect(folder *files.Folder) (Storage, error) {
	dir, names, err := locate(folder)
	if err != nil {
		return Storage{}, err
	}
	s := Storage{Sidecars: true}
	for _, name := range names {
		file := annotationsDir + "/" + name
		h, err := headOf(dir, file)
		if err != nil {
			return s, inFile(dir.Path(file), err)
		}
		st, err := dir.Stat(file)
		if err != nil {
			return s, formats.At(dir, formatName, file, err)
		}
		s.Encrypted = s.Encrypted || h.encrypted()
		s.MediaEncrypted = s.MediaEncrypted || h.encrypted() && h.mediaEncrypted
		stem := strings.TrimSuffix(name, ".datum")
		s.Subsets = append(s.Subsets, StoredSubset{Name: stem, Bytes: st.Size()})
		s.Sidecars = s.Sidecars && dir.Has(annotationsDir+"/"+stem+".sidecar")
	}
	s.MediaSaved = hasFile(dir, imagesDir) || hasFile(dir, pointCloudsDir) || hasFile(dir, videosDir)
	return s, nil
}

var errFound = errors.New("found")

func hasFile(f *files.Folder, dir string) bool {
	err := fs.WalkDir(f, dir, func(_ string, d fs.DirEntry, err error) error {
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
