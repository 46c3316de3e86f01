package datumaro

import (
	"bytes"
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
	"datum/formats"
)

// itemJSON is an item as it is in the text.
type itemJSON struct {
	ID            jsontext.Value   `json:"id"`
	Subset        *string          `json:"subset"`
	Annotations   []annotationJSON `json:"annotations"`
	Attributes    jsontext.Value   `json:"attr"`
	Image         *fileJSON        `json:"image"`
	PointCloud    *fileJSON        `json:"point_cloud"`
	RelatedImages []fileJSON       `json:"related_images"`
	VideoFrame    *frameJSON       `json:"video_frame"`
	Video         *videoJSON       `json:"video"`
	Rest          jsontext.Value   `json:",embed"`
}

type fileJSON struct {
	Path *string        `json:"path"`
	Size []whole[int32] `json:"size"`
}

type frameJSON struct {
	Path  *string       `json:"video_path"`
	Index whole[uint32] `json:"frame_index"`
}

type videoJSON struct {
	Path  *string       `json:"path"`
	Step  whole[uint32] `json:"step"`
	Start whole[uint32] `json:"start_frame"`
	End   whole[uint32] `json:"end_frame"`
}

// id returns the item's id, which older tools wrote as a number at times.
func (j *itemJSON) id() (string, error) {
	switch j.ID.Kind() {
	case jsontext.KindString:
		s, err := jsontext.AppendUnquote(nil, j.ID)
		return strings.ReplaceAll(string(s), `\`, "/"), err
	case jsontext.KindNumber:
		return string(j.ID), nil
	}
	return "", errors.New("an item without id")
}

// item turns the text of an item into one of the model. The id is returned
// even with an error.
func (m *importer) item(j *itemJSON, subset string) (it dataset.Item, err error) {
	it.Subset = subset
	if it.ID, err = j.id(); err != nil {
		return it, err
	}
	if !filepath.IsLocal(it.ID) {
		return it, errors.New("the item id is no path inside a dataset")
	}
	if j.Subset != nil && *j.Subset != subset {
		m.notes.Add("items that name another subset than their file, read as of the file's", fmt.Sprintf("%q names %q", it.ID, *j.Subset), 1)
	}
	if it.Attributes, err = attributes(j.Attributes); err != nil {
		return it, err
	}
	m.noteCarried(&it, it.Attributes)
	if err := carry(&it.Attributes, j.Rest); err != nil {
		return it, err
	}
	if it.Media, err = m.media(j, &it); err != nil {
		return it, err
	}
	for i := range j.Annotations {
		a, err := m.annotation(&it, &j.Annotations[i])
		if errors.Is(err, errHashKey) {
			m.notes.Add("hash keys of items ignored", it.ID, 1)
			continue
		}
		if err != nil {
			return it, fmt.Errorf("annotation %d: %w", i, err)
		}
		it.Annotations = append(it.Annotations, a)
	}
	return it, nil
}

// noteCarried notes attributes that will be taken for another format's.
func (m *importer) noteCarried(it *dataset.Item, a dataset.Attributes) {
	if _, carried := a.Split(); len(carried) > 0 {
		m.notes.Add("attributes whose names are those of carried ones, taken for such", fmt.Sprintf("%q of item %q", carried[0].Name, it.ID), len(carried))
	}
}

// carry adds the members that the format does not define.
func carry(a *dataset.Attributes, rest jsontext.Value) error {
	if len(rest) == 0 || bytes.Equal(rest, []byte("{}")) {
		return nil
	}
	unknown, err := dataset.ParseAttributes(rest)
	if err != nil {
		return err
	}
	for _, x := range unknown {
		a.SetRaw(dataset.CarriedName(formatName, x.Name), x.Value)
	}
	return nil
}

// media returns the media of an item, which may have one only.
func (m *importer) media(j *itemJSON, it *dataset.Item) (dataset.Media, error) {
	var found []dataset.Media
	add := func(media dataset.Media, err error) error {
		found = append(found, media)
		return err
	}
	var err error
	if j.Image != nil {
		err = errors.Join(err, add(m.image(it, j.Image)))
	}
	if j.PointCloud != nil {
		err = errors.Join(err, add(m.pointCloud(it, j)))
	}
	if j.VideoFrame != nil {
		err = errors.Join(err, add(m.videoFrame(it, j.VideoFrame)))
	}
	if j.Video != nil {
		err = errors.Join(err, add(m.video(it, j.Video)))
	}
	switch {
	case err != nil:
		return nil, err
	case len(found) > 1:
		return nil, errors.New("the item has more than one media")
	case len(found) == 0:
		return nil, nil
	}
	return found[0], nil
}

func (m *importer) image(it *dataset.Item, j *fileJSON) (*dataset.Image, error) {
	x := &dataset.Image{}
	switch {
	case len(j.Size) == 2:
		x.Height, x.Width = j.Size[0].value, j.Size[1].value
	case len(j.Size) != 0:
		return nil, fmt.Errorf("an image size of %d numbers", len(j.Size))
	}
	if x.Height < 0 || x.Width < 0 {
		return nil, fmt.Errorf("an image of size %d × %d", x.Height, x.Width)
	}
	var err error
	x.File, err = m.file(it, imagesDir, j.Path)
	return x, err
}

func (m *importer) pointCloud(it *dataset.Item, j *itemJSON) (*dataset.PointCloud, error) {
	x := &dataset.PointCloud{}
	var err error
	if x.File, err = m.file(it, pointCloudsDir, j.PointCloud.Path); err != nil {
		return nil, err
	}
	for i := range j.RelatedImages {
		extra, err := m.image(it, &j.RelatedImages[i])
		if err != nil {
			return nil, err
		}
		x.Extra = append(x.Extra, extra)
	}
	return x, nil
}

func (m *importer) videoFrame(it *dataset.Item, j *frameJSON) (*dataset.VideoFrame, error) {
	if !j.Index.set {
		return nil, errors.New("a video frame without its number")
	}
	x := &dataset.VideoFrame{Index: j.Index.value}
	var err error
	x.File, err = m.file(it, videosDir, j.Path)
	return x, err
}

func (m *importer) video(it *dataset.Item, j *videoJSON) (*dataset.Video, error) {
	x := &dataset.Video{Step: j.Step.or(1), Start: j.Start.value}
	if x.Step == 0 {
		return nil, errors.New("a video with step 0")
	}
	if j.End.set {
		x.End = &j.End.value
	}
	var err error
	x.File, err = m.file(it, videosDir, j.Path)
	return x, err
}

// corrupt is an error about the content of an annotation file.
func corrupt(err error) error {
	for _, sentinel := range []error{formats.ErrCorrupt, formats.ErrUnknownFormat} {
		if errors.Is(err, sentinel) {
			return err
		}
	}
	return formats.Reason(formats.ErrCorrupt, "%w", err)
}
