package yolo

import (
	"path"
	"path/filepath"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/imagesize"
)

// Write takes the next item.
func (e *exporter) Write(it dataset.Item) error {
	if e.failed == nil {
		e.failed = e.write(&it)
	}
	return e.failed
}

func (e *exporter) write(it *dataset.Item) error {
	if err := e.ctx.Err(); err != nil {
		return err
	}
	if err := formats.CheckItem(&e.info, it); err != nil {
		return e.errorAt(it.ID, err)
	}
	s, err := e.subset(it.Subset)
	if err != nil {
		return err
	}
	where := it.ID + " of " + s.name
	name, err := e.layoutName(it, s, where)
	if err != nil || name == "" {
		return err
	}
	if strings.ContainsAny(name, "\r\n") {
		return e.errorAt(it.ID, corrupt("a name with a line break cannot be listed"))
	}
	z, err := e.savePicture(it, s, name, where)
	if err != nil {
		return err
	}
	user, _ := it.Attributes.Split()
	e.loss.Add("attributes of items dropped", where, len(user))
	if e.task == classify {
		return nil
	}
	return e.hand(sheet{record{Item: where, Subset: s.name, Name: name, Width: z.width, Height: z.height}, it.Annotations})
}

// layoutName gives an item the name of its files.
func (e *exporter) layoutName(it *dataset.Item, s *outSubset, where string) (string, error) {
	want := it.ID
	if e.task == classify {
		folder, ok := e.classFolder(it, where)
		if !ok {
			return "", nil
		}
		if strings.ContainsAny(folder, `/\`) || !filepath.IsLocal(folder) || folder == "." {
			return "", e.errorAt(it.ID, corrupt("the class name %q cannot be that of a folder", folder))
		}
		if rest, in := strings.CutPrefix(want, folder+"/"); !in {
			want = path.Join(folder, rest)
			e.loss.Add("items given the folder of their class as part of their name", where, 1)
		}
	}
	name, err := e.stems.Take(it, s.name, want, &e.loss)
	if err != nil {
		return "", e.errorAt(it.ID, err)
	}
	return name, nil
}

// savePicture saves the picture of an item, or notes in images.meta what it is
// called and how large it is.
func (e *exporter) savePicture(it *dataset.Item, s *outSubset, name, where string) (size, error) {
	image, ok := it.Media.(*dataset.Image)
	if !ok {
		if it.Media != nil {
			e.loss.Add("media that are no images dropped", where, 1)
		}
		return size{}, e.layout.listed(e, s, e.layout.label(s.name, name))
	}
	z := size{image.Width, image.Height}
	if z.width <= 0 || z.height <= 0 {
		z = headerOf(&image.File)
	}
	ext := path.Ext(image.Name)
	if image.Name == it.ID { // of a picture that only images.meta knew
		ext = ""
	}
	to := e.layout.picture(s.name, name, ext)
	if strings.TrimSuffix(image.Name, ext) != it.ID {
		e.loss.Add("names of media files given anew, from the ids of their items", where, 1)
	}
	saves := e.media.Saves(it, &image.File, &e.loss)
	if saves && !imagesize.IsImage(to) {
		e.loss.Add("media files not saved, since their names are not those of pictures", where, 1)
		saves = false
	}
	if saves {
		e.compareSize(image, z, where)
		if err := e.media.Save(it, &image.File, to, &e.loss); err != nil {
			return z, err
		}
	} else if err := e.noteSize(e.layout.meta(e, s.name, name, to), z); err != nil {
		return z, err
	}
	return z, e.layout.listed(e, s, to)
}

// compareSize counts a picture that is not as large as the annotations take it
// for: readers of YOLO multiply by the size that they find. It looks at plain
// files only, since to open others may mean to decrypt them.
func (e *exporter) compareSize(image *dataset.Image, z size, where string) {
	if _, plain := image.Source.(dataset.LocalSource); !plain || image.Width <= 0 || image.Height <= 0 {
		return
	}
	if found := headerOf(&image.File); found != (size{}) && found != z {
		e.loss.Add("pictures of another size than their annotations are for (or turned by EXIF), in which readers find the objects elsewhere", where, 1)
	}
}

func headerOf(f *dataset.File) size {
	if f.Source == nil {
		return size{}
	}
	got, err := imagesize.Of(f)
	if err != nil {
		return size{}
	}
	w, h := got.Shown()
	if w > maxClass || h > maxClass {
		return size{}
	}
	return size{int32(w), int32(h)}
}

// noteSize adds a line to images.meta.
func (e *exporter) noteSize(picture string, z size) (err error) {
	if e.meta == nil {
		if e.meta, err = e.create(metaName); err != nil {
			return err
		}
	}
	e.line = appendMeta(e.line[:0], picture, z)
	return e.meta.write(e.line)
}
