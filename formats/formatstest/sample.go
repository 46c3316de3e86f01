package formatstest

import (
	"bytes"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"path"
	"slices"

	"datum/dataset"
)

// The size of the pictures of a sample.
const (
	pictureHeight = 40
	pictureWidth  = 60
)

// Picture returns a real image file called name, PNG or JPEG by its extension,
// of 40 × 60 pixels in one colour that depends on the name.
func Picture(name string) *dataset.Image {
	sum := crc32.ChecksumIEEE([]byte(name))
	picture := image.NewRGBA(image.Rect(0, 0, pictureWidth, pictureHeight))
	for i := range picture.Pix {
		picture.Pix[i] = byte(sum >> (8 * (i % 4)))
	}
	picture.Set(0, 0, color.White)
	var b bytes.Buffer
	var err error
	if path.Ext(name) == ".png" {
		err = png.Encode(&b, picture)
	} else {
		err = jpeg.Encode(&b, picture, nil)
	}
	if err != nil {
		panic(err) // into memory, of an image that is sound
	}
	return &dataset.Image{File: dataset.File{Name: name, Source: Bytes(b.Bytes())}, Height: pictureHeight, Width: pictureWidth}
}

// must reads the attributes of a sample.
func must(text string) dataset.Attributes {
	a, err := dataset.ParseAttributes([]byte(text))
	if err != nil {
		panic(err) // a constant of this file
	}
	return a
}

const (
	richAttributes = `{"occluded":true,"score":0.25,"whole":1.0,"big":18446744073709551615,"low":-9223372036854775808,` +
		`"text":"ünï \"q\" \\ <&>","nested":{"k":[null,{"z":1,"a":[]}]},"nothing":null,"@sample.area":420.25}`
	itemAttributes = `{"id":7,"weather":"räin","tags":["a","b"],"@sample.license":3}`
)

func plainBase() dataset.Base { return dataset.Base{ObjectID: dataset.NoObject} }

func richBase() dataset.Base {
	return dataset.Base{ID: 1 << 40, Group: 6, ObjectID: 9, Attributes: must(richAttributes)}
}

// SampleInfo returns the info of [Sample]: three labels with everything that
// categories can have, and attributes.
func SampleInfo() dataset.Info {
	return dataset.Info{
		MediaKind: dataset.MediaImage,
		Categories: dataset.Categories{
			Labels: &dataset.LabelCategories{
				Labels: []dataset.LabelCategory{
					{Name: "cat", Carried: must(`{"@sample.id":17}`)},
					{Name: "dog", Parent: "animal", Attributes: []string{"age", "breed"}},
					{Name: "κύων a/b\"c"},
				},
				Groups:     []dataset.LabelGroup{{Name: "pets", Type: "exclusive", Labels: []string{"cat", "dog"}}},
				Attributes: []string{"occluded"},
			},
			Masks: &dataset.MaskCategories{Colors: []dataset.LabelColor{{Label: 0, R: 255, G: 254, B: 3}, {Label: 1, R: 2, G: 3, B: 4}}},
			Points: &dataset.PointsCategories{Items: []dataset.PointsCategory{
				{Label: 0, Names: []string{"nose", "tail"}, Joints: [][2]int32{{1, 2}}, Positions: []float64{0, 0.5, 1, 1}},
			}},
		},
		Attributes: must(`{"author":"mé","n":1.0,"@sample.info":{"year":2026}}`),
		Subsets: []dataset.Subset{
			{Name: "train", Items: 9, Attributes: must(`{"@sample.file":"train.txt"}`)},
			{Name: "empty", Items: 0},
			{Name: "a subset.τ", Items: 2},
		},
	}
}

// Sample returns a small dataset of images that has something of everything:
// all kinds of annotation, names with spaces, dots, folders and letters beyond
// ASCII, several subsets and an empty one, the same id in two subsets and with
// two extensions, items without annotations, without media, and without the
// size or the bytes of their media, coordinates that are large, small and
// negative, attributes that nest and have 64-bit numbers, and attributes
// carried from a format called "sample".
func Sample() *Dataset {
	unknown := Picture("unknown/size.jpg")
	unknown.Height, unknown.Width = 0, 0
	nameOnly := Picture("name only.jpg")
	nameOnly.Source = nil
	return &Dataset{Meta: SampleInfo(), List: []dataset.Item{
		{ID: "a/b", Subset: "train", Media: Picture("a/b.jpg"), Attributes: must(itemAttributes), Annotations: sampleShapes()},
		{ID: "a_b", Subset: "train", Media: Picture("a_b.jpg"), Annotations: sampleMasks()},
		{ID: "same", Subset: "train", Media: Picture("same.jpg"), Annotations: []dataset.Annotation{&dataset.Label{Base: plainBase(), Label: 2}}},
		{ID: "same", Subset: "train", Media: Picture("same.png")},
		{ID: "ein Bild.über.v2", Subset: "train", Media: Picture("ein Bild.über.v2.png"), Annotations: sampleCuboids()},
		{ID: "no annotations", Subset: "train", Media: Picture("no annotations.jpg"), Attributes: must(`{"x":1}`)},
		{ID: "no media", Subset: "train", Annotations: []dataset.Annotation{&dataset.Label{Base: plainBase(), Label: 0}}},
		{ID: "unknown/size", Subset: "train", Media: unknown},
		{ID: "name only", Subset: "train", Media: nameOnly},
		{ID: "a/b", Subset: "a subset.τ", Media: Picture("a/b.jpg"), Annotations: sampleShapes()[:2]},
		{ID: "deep/down/the/folders", Subset: "a subset.τ", Media: Picture("deep/down/the/folders.png"), Attributes: must(richAttributes)},
	}}
}

func sampleShapes() []dataset.Annotation {
	return []dataset.Annotation{
		&dataset.Bbox{Base: richBase(), Label: 1, Z: -7, X: 17.2, Y: 10.33, W: 1.005, H: 1.0 / 3},
		&dataset.Label{Base: richBase(), Label: 2},
		&dataset.Bbox{Base: plainBase(), Label: dataset.NoLabel, X: -10.55, Y: 0, W: 20.05, H: 30.11},
		&dataset.RotatedBbox{Base: plainBase(), Label: 0, CX: 10, CY: 20, W: 30, H: 40, Angle: 30.5},
		&dataset.Polygon{Base: plainBase(), Label: 0, Z: 2, Points: []float64{1, 2, 3.25, 4.5, 5.123456789, 6, 1e-7, 7}},
		&dataset.PolyLine{Base: plainBase(), Label: dataset.NoLabel, Points: []float64{0.01, 2.22}},
		&dataset.PolyLine{Base: plainBase(), Label: 1},
		&dataset.Points{Base: richBase(), Label: 0, Points: []float64{1, 2, 1e9 + 0.1, 4}, Visibility: []dataset.Visibility{dataset.Visible, dataset.Absent}},
		&dataset.Ellipse{Base: plainBase(), Label: 2, X1: 1.11, Y1: 2.22, X2: 33.3, Y2: 4.44},
	}
}

func sampleMasks() []dataset.Annotation {
	return []dataset.Annotation{
		&dataset.Mask{Base: plainBase(), Label: 1, Z: 4, RLE: dataset.EncodeRuns(pictureHeight, pictureWidth, []int64{0, 5, 395, 40, 1960})},
		&dataset.Mask{Base: richBase(), Label: 1, RLE: dataset.EncodeRuns(pictureHeight, pictureWidth, []int64{2400})},
		&dataset.Caption{Base: plainBase(), Caption: "日本語 😀 \x00 nul"},
		&dataset.Caption{Base: richBase()},
	}
}

func sampleCuboids() []dataset.Annotation {
	return []dataset.Annotation{
		&dataset.Cuboid2D{Base: plainBase(), Label: dataset.NoLabel, Corners: [16]float64{0: 1.5, 7: 2.123456, 15: 3}, Y3D: []float64{1, 2}},
		&dataset.Cuboid2D{Base: richBase(), Label: 1, Z: 5, Corners: [16]float64{1: 1e6}},
		&dataset.Cuboid3D{Base: richBase(), Label: 1, Position: [3]float64{1, 2, 1000000.01}, Rotation: [3]float64{0.5, 0, -3.14}, Scale: [3]float64{4, 5, 6}},
		&dataset.Tabular{Base: plainBase(), Values: must(`{"price":1.50,"name":"x"}`)},
	}
}

// SampleOf returns a small dataset about a kind of media other than images:
// point clouds with pictures, videos, or frames of one.
func SampleOf(kind dataset.MediaKind) *Dataset {
	d := &Dataset{Meta: SampleInfo()}
	d.Meta.MediaKind = kind
	d.Meta.Subsets = []dataset.Subset{{Name: "train", Items: 2}}
	file := func(name string) dataset.File {
		return dataset.File{Name: name, Source: Bytes("the bytes of " + name)}
	}
	item := func(id string, m dataset.Media, annotations ...dataset.Annotation) {
		d.List = append(d.List, dataset.Item{ID: id, Subset: "train", Media: m, Annotations: annotations})
	}
	switch kind {
	case dataset.MediaPointCloud:
		extra := []*dataset.Image{Picture("dir/1/extra_image_0.png"), Picture("dir/1/extra_image_1.jpg")}
		item("dir/1", &dataset.PointCloud{File: file("dir/1.pcd"), Extra: extra}, sampleCuboids()[2])
		item("2", &dataset.PointCloud{File: file("2.pcd")})
	case dataset.MediaVideo:
		end := uint32(4)
		item("whole", &dataset.Video{File: file("clip.avi"), Step: 1}, &dataset.Label{Base: richBase(), Label: 1})
		item("part", &dataset.Video{File: file("clip.avi"), Step: 2, Start: 1, End: &end})
	case dataset.MediaVideoFrame:
		item("clip/0", &dataset.VideoFrame{File: file("clip.avi")}, slices.Clone(sampleShapes()[:1])...)
		item("clip/1", &dataset.VideoFrame{File: file("clip.avi"), Index: 1})
	}
	return d
}
