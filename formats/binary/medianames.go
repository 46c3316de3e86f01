package binary

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash/maphash"
	"path"
	"strings"

	"datum/dataset"
)

// The media folders.
const (
	imagesDir      = "images"
	pointCloudsDir = "point_clouds"
	videosDir      = "videos"
)

func mediaDir(m dataset.Media) string {
	switch m.(type) {
	case *dataset.PointCloud:
		return pointCloudsDir
	case *dataset.Video, *dataset.VideoFrame:
		return videosDir
	}
	return imagesDir
}

// maxName is the most bytes of a file name we make; file systems end at 255.
const maxName = 200

// flatName returns the file name under which media called name are stored: as
// since Datumaro 1.10, with every slash an underscore. A long one is cut, with
// a part of its hash to tell it from others.
func flatName(name string) string {
	flat := strings.ReplaceAll(name, "/", "_")
	if len(flat) <= maxName {
		return flat
	}
	sum := sha256.Sum256([]byte(name))
	ext := path.Ext(flat)
	if len(ext) > 16 {
		ext = ""
	}
	return strings.ToValidUTF8(flat[:maxName-32-len(ext)], "") + "~" + hex.EncodeToString(sum[:8]) + ext
}

// nameSet finds names that were used before, in a few bytes each. It may take
// a new name for a used one with a chance of one in 2^64, never the reverse.
type nameSet struct {
	seed maphash.Seed
	used map[uint64]struct{}
}

func newNameSet() *nameSet {
	return &nameSet{maphash.MakeSeed(), map[uint64]struct{}{}}
}

// add notes name and reports whether it is new.
func (s *nameSet) add(name string) bool {
	h := maphash.String(s.seed, name)
	_, used := s.used[h]
	s.used[h] = struct{}{}
	return !used
}

// unique returns name, or name with a number before its extension where it
// was used before, and notes it.
func (s *nameSet) unique(name string) string {
	if s.add(name) {
		return name
	}
	ext := path.Ext(name)
	for i := 2; ; i++ {
		if other := fmt.Sprintf("%s~%d%s", strings.TrimSuffix(name, ext), i, ext); s.add(other) {
			return other
		}
	}
}
