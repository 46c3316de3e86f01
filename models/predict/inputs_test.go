package predict_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"datum"
	"datum/dataset"
	"datum/formats"
	"datum/internal/openvinotest"
	"datum/internal/peertest"
	"datum/models/detection"
	"datum/models/metadata"
	"datum/models/predict"
	"datum/openvino"
	"datum/train/loader"
)

// inMemory is a file in memory.
type inMemory []byte

func (b inMemory) Open() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }

// plain is a dataset of pictures of 20 x 10 pixels, each of one colour.
func plain(t testing.TB, colors ...color.RGBA) *datum.Dataset {
	t.Helper()
	var items []dataset.Item
	for i, c := range colors {
		img := image.NewRGBA(image.Rect(0, 0, 20, 10))
		draw.Draw(img, img.Rect, image.NewUniform(c), image.Point{}, draw.Src)
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%03d", i)
		items = append(items, dataset.Item{ID: name, Subset: "default", Media: &dataset.Image{File: dataset.File{Name: name + ".png", Source: inMemory(b.Bytes())}}})
	}
	return datum.New(&dataset.Info{Subsets: []dataset.Subset{{Name: "default", Items: len(items)}}}, items)
}

// smallModels makes the models of testdata/models.py and returns their folder.
func smallModels(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	cmd := exec.CommandContext(t.Context(), peertest.Python(t, openvinotest.Peer), filepath.Join("testdata", "models.py"), dir)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	return dir
}

// ready makes a model ready, or returns why it cannot be.
func ready(t *testing.T, path string, o predict.Options) (*predict.Predictor, error) {
	t.Helper()
	core := openvinotest.Core(t)
	m, err := core.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return predict.New(core, m, metadata.Parse(text), o)
}

// Pictures come to models of all kinds as these want them.
func TestInputs(t *testing.T) {
	openvinotest.Core(t)
	dir := smallModels(t)
	imageNet := []float64{(200 - 123.675) / 58.395, (100 - 116.28) / 57.12, (50 - 103.53) / 57.375}
	ones, zeros := []float32{1, 1, 1}, []float32{0, 0, 0}
	for _, c := range []struct {
		model   string
		options predict.Options
		want    []float64 // nil: it cannot be used
	}{
		{"nchw", predict.Options{}, imageNet},
		{"nhwc", predict.Options{}, imageNet},
		{"half", predict.Options{}, imageNet},
		{"batch", predict.Options{}, imageNet},
		{"open", predict.Options{Width: 16, Height: 12}, imageNet},
		{"open", predict.Options{Resize: detection.Keep}, imageNet},
		{"nchw", predict.Options{Color: openvino.BGR, Mean: zeros, Scale: ones}, []float64{50, 100, 200}},
		{"nchw", predict.Options{Scale: []float32{2, 4, 5}}, []float64{100, 25, 10}},
		{"bytes", predict.Options{}, []float64{200, 100, 50}},
		{"described", predict.Options{}, []float64{20, 40, 85}},
		{"described", predict.Options{Color: openvino.RGB, Mean: zeros, Scale: ones}, []float64{200, 100, 50}},
		{"embedded", predict.Options{}, []float64{200, 100, 50}},
		{"crop", predict.Options{}, nil},
		{"crop", predict.Options{Resize: detection.Stretch}, imageNet},
		{"grey", predict.Options{Mean: zeros, Scale: ones}, []float64{124.2, -124.2}},
		{"two", predict.Options{}, nil},
		{"nchw", predict.Options{Task: predict.Detection}, nil},
		{"nchw", predict.Options{Head: "ssd"}, nil},
		{"sized", predict.Options{Task: predict.Classification}, nil},
		{"nchw", predict.Options{Scale: []float32{1, 0, 1}}, nil},
	} {
		t.Run(fmt.Sprintf("%s %+v", c.model, c.options), func(t *testing.T) {
			p, err := ready(t, filepath.Join(dir, c.model+".xml"), c.options)
			if c.want == nil {
				if err == nil || strings.Contains(err.Error(), "\n") {
					t.Errorf("%v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			defer p.Close()
			ds := plain(t, color.RGBA{200, 100, 50, 255})
			for r, err := range p.Run(t.Context(), loader.Samples(t.Context(), ds, p.Loading(loader.Options{}))) {
				if err != nil {
					t.Fatal(err)
				}
				for i, want := range c.want {
					if len(r.Scores) != len(c.want) || math.Abs(float64(r.Scores[i])-want) > 0.06 {
						t.Fatalf("the model got %v, not %v", r.Scores, c.want)
					}
				}
			}
		})
	}
}

// A model that wants to know the size of the picture is told that of its input.
func TestSizeInput(t *testing.T) {
	openvinotest.Core(t)
	p, err := ready(t, filepath.Join(smallModels(t), "sized.xml"), predict.Options{Score: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for r, err := range p.Run(t.Context(), loader.Samples(t.Context(), plain(t, color.RGBA{A: 255}), p.Loading(loader.Options{}))) {
		if err != nil || len(r.Detections) != 1 {
			t.Fatalf("%+v, %v", r, err)
		}
		if d := r.Detections[0]; d.Class != 5 || d.X != 0 || d.W != 10 || d.H != 5 || math.Abs(d.Score-0.9) > 1e-6 {
			t.Errorf("%+v", d)
		}
	}
}

// What a model puts out that makes no sense is an error that names the item.
func TestSenseless(t *testing.T) {
	openvinotest.Core(t)
	p, err := ready(t, filepath.Join(smallModels(t), "nan.xml"), predict.Options{Score: 0.1})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	for _, err := range p.Run(t.Context(), loader.Samples(t.Context(), plain(t, color.RGBA{A: 255}), p.Loading(loader.Options{}))) {
		if !errors.Is(err, detection.ErrOutput) || !strings.Contains(err.Error(), "item 000 of default") {
			t.Errorf("%v", err)
		}
	}
}

// Where bad records are left out, such a picture is one of them.
func TestSenselessIsSkipped(t *testing.T) {
	openvinotest.Core(t)
	skip := new(formats.Skipped)
	p, err := ready(t, filepath.Join(smallModels(t), "nan.xml"), predict.Options{Score: 0.1, Skip: skip})
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	black := color.RGBA{A: 255}
	for r, err := range p.Run(t.Context(), loader.Samples(t.Context(), plain(t, black, black, black), p.Loading(loader.Options{}))) {
		t.Errorf("%v, %v", r, err)
	}
	if said := skip.Errors(); skip.Count() != 3 || !strings.Contains(said[0], "of default: the output of the model makes no sense for this picture") {
		t.Errorf("%d: %q", skip.Count(), said)
	}
}

// Results come in the order of the pictures, whatever runs at a time; a run that
// is broken off ends, and nothing stays in use.
func TestOrderAndEnd(t *testing.T) {
	openvinotest.Core(t)
	path := filepath.Join(smallModels(t), "nchw.xml")
	colors := make([]color.RGBA, 200)
	for i := range colors {
		colors[i] = color.RGBA{uint8(i), 0, 0, 255}
	}
	ds := plain(t, colors...)
	before := openvino.InUse()
	for _, requests := range []int{1, 4} {
		p, err := ready(t, path, predict.Options{Requests: requests, Mean: []float32{0, 0, 0}, Scale: []float32{1, 1, 1}})
		if err != nil {
			t.Fatal(err)
		}
		next := 0
		for r, err := range p.Run(t.Context(), loader.Samples(t.Context(), ds, p.Loading(loader.Options{}))) {
			if err != nil {
				t.Fatal(err)
			}
			if r.Item.ID != fmt.Sprintf("%03d", next) || math.Abs(float64(r.Scores[0])-float64(next)) > 0.01 {
				t.Fatalf("item %s has %v, number %d", r.Item.ID, r.Scores, next)
			}
			next++
		}
		if next != len(colors) || p.Requests() != requests {
			t.Errorf("%d results of %d requests", next, p.Requests())
		}
		ctx, cancel := context.WithCancel(t.Context())
		for _, err := range p.Run(ctx, loader.Samples(ctx, ds, p.Loading(loader.Options{}))) {
			if err != nil && !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
			cancel()
		}
		for range p.Run(t.Context(), loader.Samples(t.Context(), ds, p.Loading(loader.Options{}))) {
			break // whoever takes the results has enough
		}
		p.Close()
		cancel()
	}
	if after := openvino.InUse(); after != before {
		t.Errorf("in use were %+v, and are %+v", before, after)
	}
}
