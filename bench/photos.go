package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// photograph is a picture of the peers' that photos are cut from, with the
// boxes of what is to be seen.
type photograph struct {
	file          string
	people, faces []image.Rectangle
}

var photographs = []photograph{
	{"bus.jpg", []image.Rectangle{rect(47, 399, 198, 505), rect(670, 390, 140, 490), rect(221, 406, 124, 452)},
		[]image.Rectangle{rect(113, 416, 42, 53), rect(269, 420, 38, 53)}},
	{"zidane.jpg", []image.Rectangle{rect(745, 42, 402, 667), rect(140, 203, 990, 510)},
		[]image.Rectangle{rect(915, 104, 137, 170), rect(546, 264, 113, 160)}},
}

func rect(x, y, width, height int) image.Rectangle { return image.Rect(x, y, x+width, y+height) }

// makePhotos writes a COCO dataset of n photographs with people and faces in
// them, cut out of two at places of which hardly two are alike. The folder
// models has the photographs and the names of COCO's classes.
func makePhotos(models, dir string, n int) error {
	sources, err := decodeAll(models)
	if err != nil {
		return err
	}
	names, err := readLines(filepath.Join(models, "coco80.txt"))
	if err != nil {
		return err
	}
	names = append(names, "face")
	pictures := filepath.Join(dir, "images", "train")
	if err := errors.Join(os.MkdirAll(pictures, 0o777), os.MkdirAll(filepath.Join(dir, "annotations"), 0o777)); err != nil {
		return err
	}
	r := rand.New(rand.NewPCG(5, 6))
	cut := image.NewRGBA(image.Rect(0, 0, imageWidth, imageHeight))
	var seen []photoBox
	for i := range n {
		from := sources[i%len(sources)]
		free := from.Bounds().Size().Sub(cut.Bounds().Size())
		at := image.Pt(r.IntN(free.X+1), r.IntN(free.Y+1))
		draw.Draw(cut, cut.Bounds(), from, at, draw.Src)
		if err := writeJPEG(filepath.Join(pictures, pictureName(i)), cut, 90); err != nil {
			return err
		}
		what := photographs[i%len(sources)]
		seen = appendSeen(seen, i, 1, what.people, cut.Bounds().Add(at))
		seen = appendSeen(seen, i, len(names), what.faces, cut.Bounds().Add(at))
	}
	return writePhotoList(filepath.Join(dir, "annotations", "instances_train.json"), names, n, cut.Rect.Size(), seen)
}

// photoBox is a box in the picture of a number.
type photoBox struct {
	picture, category int
	box               image.Rectangle
}

// appendSeen appends the boxes of which at least half is within the window.
func appendSeen(seen []photoBox, picture, category int, boxes []image.Rectangle, window image.Rectangle) []photoBox {
	for _, b := range boxes {
		part := b.Intersect(window)
		if 2*part.Dx()*part.Dy() >= b.Dx()*b.Dy() {
			seen = append(seen, photoBox{picture, category, part.Sub(window.Min)})
		}
	}
	return seen
}

func decodeAll(models string) ([]image.Image, error) {
	var all []image.Image
	for _, p := range photographs {
		f, err := os.Open(filepath.Join(models, p.file))
		if err != nil {
			return nil, err
		}
		img, err := jpeg.Decode(f)
		if err := errors.Join(err, f.Close()); err != nil {
			return nil, fmt.Errorf("%s: %w", p.file, err)
		}
		all = append(all, img)
	}
	return all, nil
}

func readLines(path string) ([]string, error) {
	text, err := os.ReadFile(path)
	var lines []string
	for line := range strings.Lines(string(text)) {
		lines = append(lines, strings.TrimSpace(line))
	}
	return lines, err
}

// writePhotoList writes the annotations of n pictures of one size. Categories are numbered
// from 1.
func writePhotoList(path string, names []string, n int, size image.Point, seen []photoBox) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	writeImages(w, n, size)
	fmt.Fprint(w, `,"annotations":[`)
	for i, s := range seen {
		if i > 0 {
			w.WriteByte(',')
		}
		at, size := s.box.Min, s.box.Size()
		fmt.Fprintf(w, `{"id":%d,"image_id":%d,"category_id":%d,"iscrowd":0,"area":%d,"bbox":[%d,%d,%d,%d]}`,
			i+1, s.picture+1, s.category, size.X*size.Y, at.X, at.Y, size.X, size.Y)
	}
	fmt.Fprint(w, `],"categories":[`)
	for i, name := range names {
		if i > 0 {
			w.WriteByte(',')
		}
		quoted, err := json.Marshal(name)
		if err != nil {
			return err
		}
		fmt.Fprintf(w, `{"supercategory":"","id":%d,"name":%s}`, i+1, quoted)
	}
	fmt.Fprint(w, "]}")
	return errors.Join(w.Flush(), f.Close())
}
