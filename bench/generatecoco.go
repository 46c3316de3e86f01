package main

import (
	"bufio"
	"errors"
	"fmt"
	"image"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

const (
	imageWidth, imageHeight = 640, 480
	cocoCategories          = 80
)

// cocoShape is how large a COCO dataset is.
type cocoShape struct {
	images, annotations int
	// pictures says that there are files of pictures, of about 126 KB each.
	pictures bool
}

// makeCOCO writes a dataset as the real COCO is: one file of JSON, the
// annotations in no particular order, each an outline of 6 to 40 points with
// its box and area. The same shape gives the same bytes.
func makeCOCO(dir string, s cocoShape) error {
	pictures := filepath.Join(dir, "images", "train")
	// The peer wants the folder also where there are no pictures.
	if err := errors.Join(os.MkdirAll(pictures, 0o777), os.MkdirAll(filepath.Join(dir, "annotations"), 0o777)); err != nil {
		return err
	}
	if s.pictures {
		if err := makePictures(pictures, s.images); err != nil {
			return err
		}
	}
	f, err := os.Create(filepath.Join(dir, "annotations", "instances_train.json"))
	if err != nil {
		return err
	}
	w := bufio.NewWriterSize(f, 1<<20)
	writeImages(w, s.images, image.Pt(imageWidth, imageHeight))
	writeAnnotations(w, s)
	writeCategories(w)
	return errors.Join(w.Flush(), f.Close())
}

func writeImages(w io.Writer, n int, size image.Point) {
	fmt.Fprint(w, `{"info":{"description":"bench"},"licenses":[{"id":1,"name":"x","url":"http://x"}],"images":[`)
	for i := range n {
		if i > 0 {
			fmt.Fprint(w, ",")
		}
		name := pictureName(i)
		fmt.Fprintf(w, `{"license":1,"file_name":"%s","coco_url":"http://images.example.org/train/%s",`+
			`"height":%d,"width":%d,"date_captured":"2013-11-14 11:18:45","id":%d}`, name, name, size.Y, size.X, i+1)
	}
	fmt.Fprint(w, "]")
}

func pictureName(i int) string { return fmt.Sprintf("%012d.jpg", i+1) }

func writeAnnotations(w *bufio.Writer, s cocoShape) {
	r := rand.New(rand.NewPCG(1, 2))
	order := make([]int32, s.annotations)
	for i := range order {
		order[i] = int32(i)
	}
	r.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	w.WriteString(`,"annotations":[`)
	var b []byte
	for k, o := range order {
		b = b[:0]
		if k > 0 {
			b = append(b, ',')
		}
		image := int64(o)*int64(s.images)/int64(s.annotations) + 1
		w.Write(appendAnnotation(b, r, int64(k+1), image))
	}
	w.WriteString("]")
}

// appendAnnotation appends a random star around a random centre.
func appendAnnotation(b []byte, r *rand.Rand, id, image int64) []byte {
	points := 6 + r.IntN(35)
	cx, cy, radius := 60+r.Float64()*520, 60+r.Float64()*360, 10+r.Float64()*45
	box := extent{math.Inf(1), math.Inf(1), math.Inf(-1), math.Inf(-1)}
	var area, firstX, firstY, lastX, lastY float64
	b = append(b, `{"segmentation":[[`...)
	for i := range points {
		angle := float64(i) / float64(points) * 2 * math.Pi
		far := radius * (0.7 + 0.3*r.Float64())
		x, y := cents(cx+far*math.Cos(angle)), cents(cy+far*math.Sin(angle))
		if i == 0 {
			firstX, firstY = x, y
		} else {
			b = append(b, ',')
			area += lastX*y - lastY*x
		}
		lastX, lastY = x, y
		b = appendNumbers(b, x, y)
		box.add(x, y)
	}
	area += lastX*firstY - lastY*firstX
	b = append(b, `]],"area":`...)
	b = strconv.AppendFloat(b, math.Abs(area)/2, 'f', -1, 64)
	b = append(b, `,"iscrowd":0,"image_id":`...)
	b = strconv.AppendInt(b, image, 10)
	b = append(b, `,"bbox":[`...)
	b = appendNumbers(b, box.x0, box.y0, cents(box.x1-box.x0), cents(box.y1-box.y0))
	b = append(b, `],"category_id":`...)
	b = strconv.AppendInt(b, int64(1+r.IntN(cocoCategories)), 10)
	b = append(b, `,"id":`...)
	b = strconv.AppendInt(b, id, 10)
	return append(b, '}')
}

type extent struct{ x0, y0, x1, y1 float64 }

func (e *extent) add(x, y float64) {
	e.x0, e.y0, e.x1, e.y1 = min(e.x0, x), min(e.y0, y), max(e.x1, x), max(e.y1, y)
}

// cents rounds to two decimals, as the coordinates of COCO are.
func cents(x float64) float64 { return math.Round(x*100) / 100 }

func appendNumbers(b []byte, numbers ...float64) []byte {
	for i, x := range numbers {
		if i > 0 {
			b = append(b, ',')
		}
		b = strconv.AppendFloat(b, x, 'f', -1, 64)
	}
	return b
}

func writeCategories(w io.Writer) {
	fmt.Fprint(w, `,"categories":[`)
	for c := range cocoCategories {
		if c > 0 {
			fmt.Fprint(w, ",")
		}
		fmt.Fprintf(w, `{"supercategory":"s%d","id":%d,"name":"class %d"}`, c/10, c+1, c+1)
	}
	fmt.Fprint(w, "]}")
}
