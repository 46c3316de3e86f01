package commands

import (
	"bytes"
	"encoding/json"
	"fmt"
	pixels "image"
	"image/color"
	"image/draw"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
)

// square is a coloured cell of a picture, for the models of
// testdata/models/colours.py. An undrawn one is in the annotations only.
type square struct {
	Column, Row, Color int
	undrawn            bool
}

// pictures have squares of all colours, of which one is not drawn.
var pictures = [][]square{
	{{1, 1, 0, false}, {5, 2, 1, false}},
	{{0, 7, 2, false}},
	{{3, 3, 0, false}, {6, 6, 0, false}, {6, 1, 2, false}},
	{{2, 5, 1, false}, {7, 0, 0, true}},
	{{4, 4, 0, false}},
}

// paint makes the picture of squares.
func paint(squares []square) []byte {
	img := pixels.NewRGBA(pixels.Rect(0, 0, 64, 64))
	draw.Draw(img, img.Rect, pixels.NewUniform(color.RGBA{40, 40, 40, 255}), pixels.Point{}, draw.Src)
	for _, s := range squares {
		if !s.undrawn {
			c := [3]color.RGBA{{255, 0, 0, 255}, {0, 255, 0, 255}, {0, 0, 255, 255}}[s.Color]
			draw.Draw(img, pixels.Rect(s.Column*8, s.Row*8, s.Column*8+8, s.Row*8+8), pixels.NewUniform(c), pixels.Point{}, draw.Src)
		}
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// writeColours writes the pictures as COCO.
func writeColours(dir string, categories ...string) error {
	type m = map[string]any
	file := m{}
	var images, annotations, classes []m
	for i, name := range categories {
		classes = append(classes, m{"id": i + 1, "name": name})
	}
	for i, squares := range pictures {
		name := fmt.Sprintf("%d.png", i)
		path := filepath.Join(dir, "images", "val", name)
		if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(path, paint(squares), 0o666); err != nil {
			return err
		}
		images = append(images, m{"id": i + 1, "file_name": name, "width": 64, "height": 64})
		for _, s := range squares {
			annotations = append(annotations, m{"id": len(annotations) + 1, "image_id": i + 1, "category_id": s.Color + 1, "area": 64, "iscrowd": 0,
				"bbox": []int{s.Column * 8, s.Row * 8, 8, 8}, "segmentation": []int{}})
		}
	}
	file["images"], file["annotations"], file["categories"] = images, annotations, classes
	text, err := json.Marshal(file)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "annotations"), 0o777); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "annotations", "instances_val.json"), text, 0o666)
}

// colours DIR CATEGORY… writes the pictures with coloured squares as COCO.
func colours(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: colours DIR CATEGORY...")
	}
	ts.Check(writeColours(ts.MkAbs(args[0]), args[1:]...))
}

// runtimeFolder returns the folder of OpenVINO's libraries among the peers, ""
// where there are none.
func runtimeFolder() string {
	found, _ := filepath.Glob(filepath.Join(os.Getenv("DATUM_PEERS"), "openvino-*", "lib", "python3.*", "site-packages", "openvino", "libs"))
	if os.Getenv("DATUM_PEERS") == "" || len(found) == 0 {
		return ""
	}
	return found[0]
}

// needsRuntime is runtimeFolder, and skips the test where there is none.
func needsRuntime(t *testing.T) string {
	t.Helper()
	runtime := runtimeFolder()
	if runtime == "" {
		t.Skip("SKIPPED, NOT PASSED: there is no OpenVINO: run make test")
	}
	return runtime
}
