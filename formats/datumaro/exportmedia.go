package datumaro

import (
	"fmt"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"datum/dataset"
)

// appendMedia appends the members about the media of an item and saves it. A
// file is stored under its own name, with its folders: all versions of
// Datumaro read that, and no two names become one.
func (w *subsetWriter) appendMedia(b []byte, it *dataset.Item) ([]byte, error) {
	switch m := it.Media.(type) {
	case nil:
		return b, nil
	case *dataset.Image:
		return w.appendImage(append(b, `,"image":`...), it, m, "")
	case *dataset.PointCloud:
		return w.appendPointCloud(b, it, m)
	case *dataset.VideoFrame:
		name, err := w.place(it, videosDir, &m.File, "")
		b = dataset.AppendString(append(b, `,"video_frame":{"video_path":`...), name)
		return fmt.Appendf(b, `,"frame_index":%d}`, m.Index), err
	case *dataset.Video:
		name, err := w.place(it, videosDir, &m.File, "")
		b = dataset.AppendString(append(b, `,"video":{"path":`...), name)
		b = fmt.Appendf(b, `,"step":%d,"start_frame":%d`, max(m.Step, 1), m.Start)
		if m.End != nil {
			b = fmt.Appendf(b, `,"end_frame":%d`, *m.End)
		}
		return append(b, '}'), err
	}
	return b, w.e.errorf(it.ID, "the format has no place for media of kind %T", it.Media)
}

func (w *subsetWriter) appendImage(b []byte, it *dataset.Item, m *dataset.Image, name string) ([]byte, error) {
	name, err := w.place(it, imagesDir, &m.File, name)
	b = dataset.AppendString(append(b, `{"path":`...), name)
	if m.Height > 0 && m.Width > 0 {
		b = fmt.Appendf(b, `,"size":[%d,%d]`, m.Height, m.Width)
	}
	return append(b, '}'), err
}

func (w *subsetWriter) appendPointCloud(b []byte, it *dataset.Item, m *dataset.PointCloud) ([]byte, error) {
	name, err := w.place(it, pointCloudsDir, &m.File, "")
	if err != nil {
		return b, err
	}
	b = append(dataset.AppendString(append(b, `,"point_cloud":{"path":`...), name), '}')
	if len(m.Extra) == 0 {
		return b, nil
	}
	b = append(b, `,"related_images":[`...)
	for i, x := range m.Extra {
		if i > 0 {
			b = append(b, ',')
		}
		extra := x.Name
		if extra == "" {
			extra = fmt.Sprintf("%s/extra_image_%d", it.ID, i)
		}
		if b, err = w.appendImage(b, it, x, extra); err != nil {
			return b, err
		}
	}
	return append(b, ']'), nil
}

// place returns the path to write for a media file, and saves the file.
func (w *subsetWriter) place(it *dataset.Item, dir string, f *dataset.File, want string) (string, error) {
	if want == "" {
		want = f.Name
	}
	if want == "" {
		want = it.ID
	}
	name := path.Clean(want)
	if !filepath.IsLocal(name) || name == "." || strings.Contains(name, `\`) || !utf8.ValidString(name) {
		return "", w.e.errorf(it.ID, "the media name %q is no path inside a dataset", want)
	}
	if !w.e.media.Saves(it, f, &w.e.loss) {
		return name, nil
	}
	// Several items may be parts of one video, and several point clouds may
	// have one picture.
	if !w.saved.Add(dir + "/" + name) {
		if _, ok := it.Media.(*dataset.Image); ok {
			return "", w.e.errorf(it.ID, "two items of subset %s have an image called %q", w.name, name)
		}
		return name, nil
	}
	return name, w.e.media.Save(it, f, path.Join(dir, w.name, name), &w.e.loss)
}
