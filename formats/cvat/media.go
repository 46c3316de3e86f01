package cvat

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
	"datum/internal/xmltext"
)

// framePrefix begins the names that CVAT gives frames of a video.
const framePrefix = "frame_"

func frameName(n uint32) string { return fmt.Sprintf("%s%06d", framePrefix, n) }

// noteFile notes where the picture of an image may be, so that it is not taken
// for one that no file lists.
func (m *importer) noteFile(x *source, subset, name string) {
	name = path.Clean(slashes(name))
	m.files.Add(x.dir + "\x00" + name)
	m.files.Add(x.dir + "\x00" + path.Join(cmp.Or(subset, dataset.DefaultSubset), name))
}

// slashes writes a path of Windows with slashes.
func slashes(name string) string { return strings.ReplaceAll(name, `\`, "/") }

// findPictures looks for pictures that no file lists, in the folders images.
func (m *importer) findPictures(ctx context.Context) error {
	byDir := map[string][]*source{}
	var dirs []string
	for _, x := range m.sources {
		if byDir[x.dir] == nil {
			dirs = append(dirs, x.dir)
		}
		byDir[x.dir] = append(byDir[x.dir], x)
	}
	for _, dir := range dirs {
		root := path.Join(dir, imagesDir)
		if !m.folder.HasDir(root) {
			continue
		}
		err := m.walk(ctx, root, "", 0, func(name string) {
			if imagesize.IsImage(name) && m.files.Add(dir+"\x00"+name) {
				m.unlist(byDir[dir], name, path.Join(root, name))
			}
		})
		if err != nil {
			return err
		}
	}
	for _, x := range m.sources {
		slices.SortFunc(x.frames, func(a, b frameRef) int {
			return cmp.Or(cmp.Compare(a.group, b.group), cmp.Compare(a.frame, b.frame))
		})
		x.seeks = len(x.frames) > 0 || slices.ContainsFunc(m.folder.List().Files(x.dir), func(name string) bool {
			_, ok := frameNumber(name)
			return ok && imagesize.IsImage(name)
		})
	}
	return nil
}

// walk calls found with each file below root, by its path from there.
func (m *importer) walk(ctx context.Context, root, dir string, deep int, found func(name string)) error {
	if err := ctx.Err(); err != nil || deep > 32 {
		return err
	}
	entries, err := m.folder.ReadDir(path.Join(root, dir))
	if err != nil {
		return formats.At(m.folder, formatName, path.Join(root, dir), err)
	}
	for _, e := range entries {
		name := path.Join(dir, e.Name())
		if !e.IsDir() {
			found(name)
		} else if err := m.walk(ctx, root, name, deep+1, found); err != nil {
			return err
		}
	}
	return nil
}

// unlist takes a picture that no <image> names: it is a frame of a video, or
// an item without annotations.
func (m *importer) unlist(sources []*source, name, place string) {
	first, rest, ok := strings.Cut(name, "/")
	for _, x := range sources {
		for g, group := range x.groups {
			in := cmp.Or(group.subset, dataset.DefaultSubset)
			switch n, isFrame := frameNumber(path.Base(name)); {
			case ok && first != in:
			case isFrame && len(x.tracks) > 0 && len(x.imagesOf(int32(g))) == 0:
				x.frames = append(x.frames, frameRef{int32(g), n})
				return
			case ok:
				m.unlisted = append(m.unlisted, picture{x.subsetOf(int32(g)), rest, place})
				return
			}
		}
	}
	m.unlisted = append(m.unlisted, picture{sources[0].subset, name, place})
}

// frameNumber is the number in a name like frame_000012.png.
func frameNumber(name string) (uint32, bool) {
	digits, ok := strings.CutPrefix(strings.TrimSuffix(name, path.Ext(name)), framePrefix)
	n, err := strconv.ParseUint(digits, 10, 31)
	return uint32(n), ok && err == nil && name[:len(name)-len(path.Ext(name))] == frameName(uint32(n))
}

// picture finds the file of a picture. Pictures lie below images, with or
// without a folder for the subset, or beside the annotation file.
func (x *source) picture(subset, name string) (string, bool) {
	places := [...]string{
		x.below(imagesDir, subset, name), x.below(imagesDir, name), x.below(subset, name), x.below(name),
	}
	last := int(x.place.Load())
	for i := range places {
		at := (i + last) % len(places)
		if exists(x.folder, places[at]) {
			x.place.Store(int32(at))
			return places[at], true
		}
	}
	return "", false
}

// exists reports whether there is a file, or a link that leads out of the
// folder, which is refused when it is opened.
func exists(f *files.Folder, name string) bool {
	st, err := f.Stat(name)
	return err == nil && st.Mode().IsRegular() || errors.Is(err, files.ErrLeaves)
}

// frameSuffixes are the extensions of frames, CVAT's own first.
var frameSuffixes = [...]string{".PNG", ".png", ".jpg", ".JPG", ".jpeg", ".JPEG", ".bmp", ".webp"}

// framePicture finds the picture of a frame, by the name that CVAT gives it.
func (x *source) framePicture(subset string, frame uint32) (name, place string, ok bool) {
	if !x.seeks {
		return "", "", false
	}
	last := int(x.suffix.Load())
	for i := range frameSuffixes {
		at := (i + last) % len(frameSuffixes)
		name := frameName(frame) + frameSuffixes[at]
		if place, ok := x.picture(subset, name); ok {
			x.suffix.Store(int32(at))
			return name, place, true
		}
	}
	return "", "", false
}

// image returns the media of a picture; its size is 0 where it is not known.
func (m *importer) image(name, place string, width, height int32) *dataset.Image {
	img := &dataset.Image{File: dataset.File{Name: name}, Width: width, Height: height}
	if place != "" {
		img.Source = formats.MediaIn(m.folder, formatName, place)
	}
	return img
}

// videoFrame returns the media of a frame that is no picture.
func (m *importer) videoFrame(x *source, frame uint32) *dataset.VideoFrame {
	f := &dataset.VideoFrame{File: dataset.File{Name: slashes(x.video)}, Index: frame}
	if !fs.ValidPath(f.Name) {
		f.Name = path.Base(f.Name)
	}
	for _, place := range []string{x.below(f.Name), x.below(imagesDir, f.Name), x.below("videos", f.Name)} {
		if exists(m.folder, place) {
			f.Source = formats.MediaIn(m.folder, formatName, place)
			break
		}
	}
	return f
}

// itemName checks the name of an image and returns it as a path inside of a
// dataset.
func itemName(name string) (string, error) {
	clean := path.Clean(slashes(name))
	if name == "" || clean == "." || !filepath.IsLocal(clean) || strings.ContainsRune(name, 0) {
		return "", formats.Reason(formats.ErrCorrupt, "the image name %q is no path inside a dataset", xmltext.Shorten(name))
	}
	return clean, nil
}

// stem is a name without its extension.
func stem(name string) string { return strings.TrimSuffix(name, path.Ext(name)) }
