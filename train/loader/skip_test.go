package loader_test

import (
	"bytes"
	"errors"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/train/loader"
)

// bad are pictures that are no use, and whether they may be left out.
func bad() []dataset.Item {
	cut := plain(30, 20, color.White)
	var j bytes.Buffer
	if err := jpeg.Encode(&j, image.NewGray(image.Rect(0, 0, 90, 90)), nil); err != nil {
		panic(err)
	}
	video := picture("video", nil)
	video.Media = &dataset.Video{File: dataset.File{Name: "a.mp4"}}
	return []dataset.Item{
		picture("cut", cut[:len(cut)-30]),
		picture("cut-jpeg", memory(j.Bytes()[:j.Len()/2])),
		picture("empty", memory(nil)),
		picture("text", memory("no picture at all")),
		picture("missing", failing{fs.ErrNotExist}),
		picture("nameonly", nil),
		{ID: "nothing", Subset: "train"},
		video,
		picture("huge", plain(200, 200, color.White)),
	}
}

func TestPicturesThatAreNoUse(t *testing.T) {
	t.Parallel()
	for _, it := range bad() {
		for _, o := range []loader.Options{{}, {Go: true}, {Fit: loader.Letterbox, Width: 8, Height: 8}} {
			o.Limits = files.Limits{ImagePixels: 10_000}
			items := append(numbered(3), it)
			n := 0
			var last error
			for _, err := range loader.Samples(t.Context(), open(items), o) {
				if last = err; err == nil {
					n++
				}
			}
			if n != 3 || last == nil || !strings.Contains(last.Error(), `"`+it.ID+`"`) {
				t.Errorf("%s: after %d samples: %v", it.ID, n, last)
			}
		}
	}
}

func TestSkip(t *testing.T) {
	t.Parallel()
	var skipped formats.Skipped
	items := slices.Concat(bad()[:4], numbered(5), bad()[4:], numbered(3))
	o := loader.Options{Skip: &skipped, Limits: files.Limits{ImagePixels: 10_000}, Fit: loader.Stretch, Width: 4, Height: 4}
	n := 0
	for b, err := range loader.Batches(t.Context(), open(items), 4, o) {
		if err != nil {
			t.Fatal(err)
		}
		if n += len(b.Samples); n == 4 || n == 8 {
			if len(b.Samples) != 4 {
				t.Errorf("a batch of %d", len(b.Samples))
			}
		}
	}
	if n != 8 || skipped.Count() != len(bad()) {
		t.Errorf("%d samples, %d were left out: %q", n, skipped.Count(), skipped.Errors())
	}
	for _, it := range bad() {
		if !slices.ContainsFunc(skipped.Errors(), func(s string) bool { return strings.Contains(s, `"`+it.ID+`"`) }) {
			t.Errorf("nobody is told of %s", it.ID)
		}
	}
}

// A disk that fails, and a file that is not the one that was written, is about
// the dataset and not about one picture.
func TestWhatIsNeverSkipped(t *testing.T) {
	t.Parallel()
	for _, want := range []error{fs.ErrPermission, formats.Reason(formats.ErrAuthentication, "gone: %w", fs.ErrNotExist), io.ErrUnexpectedEOF} {
		var last error
		for _, err := range loader.Samples(t.Context(), open([]dataset.Item{picture("a", failing{want})}), loader.Options{Skip: &formats.Skipped{}}) {
			last = err
		}
		if !errors.Is(last, want) {
			t.Errorf("%v: the stream ends with %v", want, last)
		}
	}
}
