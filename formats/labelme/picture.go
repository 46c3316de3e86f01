package labelme

import (
	"errors"
	"path"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// entryOf finds the picture that a file is about, and names the item.
func (m *importer) entryOf(file string, doc *document, notes *formats.Loss) entry {
	e := entry{file: file}
	e.subset, e.id = m.layout.split(file)
	e.id = stem(e.id)
	want := strings.ReplaceAll(doc.imagePath, `\`, "/")
	if want != doc.imagePath {
		notes.Add("image paths of Windows read with slashes", file, 1)
	}
	if want == "" && !doc.hasData {
		return e
	}
	base := path.Base(want)
	if !imagesize.IsImage(base) {
		if want != "" {
			notes.Add("image paths that name no picture", doc.imagePath+" in "+file, 1)
		}
		base = stem(path.Base(file)) + ".png" // of the bytes in the file
	}
	if media, ok := m.findPicture(file, want, base); ok {
		e.media = media
		e.subset, e.name = m.layout.split(media)
		e.id = stem(e.name)
		return e
	}
	if !doc.hasData {
		notes.Add("pictures that are not there", doc.imagePath, 1)
	}
	e.name = path.Join(path.Dir(e.id), base)
	if stem(base) == path.Base(e.id) {
		return e
	}
	e.name = e.id + path.Ext(base)
	return e
}

// findPicture looks for a picture: where the file says, beside the file, and in
// the folders of pictures beside that of the file.
func (m *importer) findPicture(file, want, base string) (string, bool) {
	dir := path.Dir(file)
	places := []string{path.Join(dir, base), path.Join(dir, stem(path.Base(file))+path.Ext(base))}
	if want != "" && !path.IsAbs(want) {
		places = append([]string{path.Join(dir, want)}, places...)
	}
	parts := strings.Split(dir, "/")
	for i, p := range parts {
		if !isOneOf(annotationDirs, p) {
			continue
		}
		up := path.Join(parts[:i]...)
		for _, name := range pictureNames {
			places = append(places, path.Join(up, name, path.Join(parts[i+1:]...), base))
		}
		places = append(places, path.Join(up, path.Join(parts[i+1:]...), base))
	}
	for _, ext := range pictureExtensions {
		places = append(places, stem(file)+ext)
	}
	for _, p := range places {
		if m.exists(p) {
			return p, true
		}
	}
	return "", false
}

// pictureExtensions are those that a picture of the name of the file may have.
var pictureExtensions = []string{".jpg", ".png", ".jpeg", ".JPG", ".PNG", ".JPEG", ".bmp", ".webp", ".tif", ".tiff"}

// pictureNames are the folders of pictures that are looked into.
var pictureNames = []string{"images", "Images", "img", "imgs", "image", "JPEGImages"}

// exists reports whether there is a picture, or a link that leads out of the
// folder, which is refused when it is opened.
func (m *importer) exists(name string) bool {
	if name == ".." || strings.HasPrefix(name, "../") || !imagesize.IsImage(name) {
		return false
	}
	st, err := m.folder.Stat(name)
	return err == nil && st.Mode().IsRegular() || errors.Is(err, files.ErrLeaves)
}
