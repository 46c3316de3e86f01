package coco

import (
	"context"
	"reflect"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

// cocoSample is a dataset as COCO can hold it.
func cocoSample() *formatstest.Dataset {
	ctx := context.Background()
	im, err := formatstest.Open(ctx, Format(), "../../testdata/coco/sample", formats.ImportOptions{})
	if err != nil {
		panic(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(ctx, im)
	if err == nil {
		err = formatstest.LoadMedia(items)
	}
	if err != nil {
		panic(err)
	}
	return &formatstest.Dataset{Meta: *im.Info(), List: items}
}

func TestConformance(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{Format: Format(), Sample: cocoSample, KeepsCarried: true})
}

// TestLosses writes a dataset with everything that COCO has no place for.
func TestLosses(t *testing.T) {
	loss, err := formatstest.Write(t.Context(), Format(), t.TempDir(), formatstest.Sample(), formats.ExportOptions{SaveMedia: true})
	if err != nil {
		t.Fatal(err)
	}
	got := map[string]int{}
	for _, e := range loss.Entries() {
		got[e.What] = e.Count
	}
	want := map[string]int{
		"2D cuboids dropped":                    2,
		"3D cuboids dropped":                    1,
		"ellipses dropped":                      1,
		"polylines dropped":                     2,
		"rotated boxes dropped":                 1,
		"table rows dropped":                    1,
		"drawing orders of annotations dropped": 4,
		"object ids of annotations dropped":     7,
		"annotation ids given anew, since another annotation of the file has the same": 1,
		"colours of labels dropped":                                      2,
		"attributes of the dataset dropped":                              2,
		"label groups dropped":                                           1,
		"names of attributes of categories dropped":                      3,
		"positions of keypoints in a skeleton dropped":                   1,
		"items without media, listed as images all the same":             1,
		"media files not saved, since the source holds only their names": 1,
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v", loss)
	}
}
