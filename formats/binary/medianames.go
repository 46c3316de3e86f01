package binary

import (
	"crypto/sha256"
	"encoding/hex"
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
