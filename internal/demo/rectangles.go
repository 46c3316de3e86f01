package main

import (
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// colours are the categories; yellow is none.
var colours = []string{"red", "green", "blue"}

const (
	rectanglePictures = 8
	zoom              = 4 // pictures are as many times larger than what the detector sees
)

// writeRectangles makes a COCO dataset of coloured rectangles on grey, the same each
// time. Some hide others, and some are so pale that the detector does not see them.
func writeRectangles(dir string) error {
	type record = map[string]any
	var images, annotations, categories []record
	for i, name := range colours {
		categories = append(categories, record{"id": i + 1, "name": name})
	}
	for _, sub := range []string{"annotations", "images/val"} {
		if err := os.MkdirAll(filepath.Join(dir, filepath.FromSlash(sub)), 0o777); err != nil {
			return err
		}
	}
	rnd := rand.New(rand.NewPCG(5, 0))
	for i := range rectanglePictures {
		name := fmt.Sprintf("rectangles-%d.png", i+1)
		img := background(rnd)
		for range 3 + rnd.IntN(2) {
			r, category := rectangle(rnd, img)
			if category < len(colours) {
				annotations = append(annotations, record{"id": len(annotations) + 1, "image_id": i + 1, "category_id": category + 1, "iscrowd": 0,
					"bbox": []int{r.Min.X, r.Min.Y, r.Dx(), r.Dy()}, "area": r.Dx() * r.Dy(), "segmentation": []int{}})
			}
		}
		images = append(images, record{"id": i + 1, "file_name": name, "width": zoom * width, "height": zoom * height})
		if err := writePNG(filepath.Join(dir, "images", "val", name), img); err != nil {
			return err
		}
	}
	text, err := json.Marshal(record{"images": images, "annotations": annotations, "categories": categories})
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "annotations", "instances_val.json"), text, 0o666)
}

// background is a picture that gets lighter from top to bottom.
func background(rnd *rand.Rand) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, zoom*width, zoom*height))
	from, to := rnd.IntN(128), 64+rnd.IntN(128)
	for y := range height {
		v := uint8(from + (to-from)*y/height)
		draw.Draw(img, image.Rect(0, zoom*y, zoom*width, zoom*y+zoom), image.NewUniform(color.RGBA{v, v, v, 255}), image.Point{}, draw.Src)
	}
	return img
}

// rectangle draws one and says where, and of which category it is; sometimes of none.
func rectangle(rnd *rand.Rand, img *image.RGBA) (image.Rectangle, int) {
	w, h := 10+rnd.IntN(36), 10+rnd.IntN(36)
	x, y := rnd.IntN(width-w), rnd.IntN(height-h)
	r := image.Rect(zoom*x, zoom*y, zoom*(x+w), zoom*(y+h))
	category := rnd.IntN(len(colours) + 1)
	full, pale := uint8(200+rnd.IntN(56)), uint8(rnd.IntN(90))
	c := color.RGBA{full, full, pale, 255} // yellow
	if category < len(colours) {
		c = color.RGBA{pale, pale, pale, 255}
		*[]*uint8{&c.R, &c.G, &c.B}[category] = full
	}
	draw.Draw(img, r, image.NewUniform(c), image.Point{}, draw.Src)
	return r, category
}

func writePNG(path string, img image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	defer f.Close()
	if err := png.Encode(f, img); err != nil {
		return err
	}
	return f.Close()
}
