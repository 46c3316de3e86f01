package dataset

import (
	"errors"
	"fmt"
	"io"
	"os"
)

// MediaKind says what the items of a dataset are about. The numbers are those
// of Datumaro's MediaType.
type MediaKind uint32

// The kinds of media.
const (
	MediaNone       MediaKind = 0
	MediaAny        MediaKind = 1 // Datumaro's MEDIA_ELEMENT: anything
	MediaImage      MediaKind = 2
	MediaVideoFrame MediaKind = 4
	MediaVideo      MediaKind = 5
	MediaPointCloud MediaKind = 6
	MediaTableRow   MediaKind = 10
)

// String names the kind.
func (k MediaKind) String() string {
	switch k {
	case MediaNone:
		return "none"
	case MediaAny:
		return "any"
	case MediaImage:
		return "image"
	case MediaVideoFrame:
		return "video frame"
	case MediaVideo:
		return "video"
	case MediaPointCloud:
		return "point cloud"
	case MediaTableRow:
		return "table row"
	}
	return fmt.Sprintf("media kind %d", uint32(k))
}

// ErrNoMedia says that an item's media is known by name only.
var ErrNoMedia = errors.New("the dataset holds no bytes for this media")

// Source gives the bytes of a media file, unchanged and decrypted.
type Source interface {
	// Open starts reading. The error matches fs.ErrNotExist where the file
	// is missing.
	Open() (io.ReadCloser, error)
}

// LocalSource is a Source that is a plain file of this machine.
type LocalSource interface {
	Source
	// LocalPath is the file's path for the operating system.
	LocalPath() string
}

// LocalFile is a plain file, by its path.
type LocalFile string

// Open opens the file.
func (f LocalFile) Open() (io.ReadCloser, error) { return os.Open(string(f)) }

// LocalPath returns the path.
func (f LocalFile) LocalPath() string { return string(f) }

// Media is *Image, *PointCloud, *Video or *VideoFrame.
type Media interface {
	// MediaKind says which concrete type it is.
	MediaKind() MediaKind
	// Main returns the file of the media itself, to read or to change.
	Main() *File
}

// File is a media file. Name is its slash-separated path with extension below
// the media folder of its subset. Source is nil where only the name is known.
type File struct {
	Name   string
	Source Source
}

// Main returns f itself.
func (f *File) Main() *File { return f }

// Open starts reading the file, or fails with [ErrNoMedia].
func (f *File) Open() (io.ReadCloser, error) {
	if f.Source == nil {
		return nil, fmt.Errorf("%s: %w", f.Name, ErrNoMedia)
	}
	return f.Source.Open()
}

// Files returns the files of a media, its own first and then, of a point cloud,
// the pictures beside it. It is empty for nil.
func Files(m Media) []*File {
	if m == nil {
		return nil
	}
	files := []*File{m.Main()}
	if p, ok := m.(*PointCloud); ok {
		for _, x := range p.Extra {
			files = append(files, &x.File)
		}
	}
	return files
}

// Image is a picture. Height and Width are in pixels, both 0 when unknown.
type Image struct {
	File
	Height, Width int32
}

// PointCloud is a point cloud with the pictures taken beside it.
type PointCloud struct {
	File
	Extra []*Image
}

// Video is a part of a video file: frames Start, Start+Step, … up to End.
type Video struct {
	File
	Step, Start uint32
	// End is the last frame; nil means to the end of the file.
	End *uint32
}

// VideoFrame is frame number Index of a video file.
type VideoFrame struct {
	File
	Index uint32
}

// MediaKind of the media.
func (*Image) MediaKind() MediaKind { return MediaImage }

// MediaKind of the media.
func (*PointCloud) MediaKind() MediaKind { return MediaPointCloud }

// MediaKind of the media.
func (*Video) MediaKind() MediaKind { return MediaVideo }

// MediaKind of the media.
func (*VideoFrame) MediaKind() MediaKind { return MediaVideoFrame }
