// Package shapes makes datasets that a detector can learn in minutes:
// rectangles, circles and triangles of random colours on noise, with lines in
// between that are none of them. Some labels can be made wrong on purpose.
//
// The same options give the same bytes.
package shapes

import (
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// Classes are the names of the categories, whose ids are 1, 2 and 3.
var Classes = []string{"rectangle", "circle", "triangle"}

// Options say what to make.
type Options struct {
	// Images is how many pictures each subset has, in this order.
	Images []Subset
	Seed   uint64
	// Size is the width and height of the pictures, 128 if it is 0.
	Size int
	// Wrong is which part of the labels of the first subset is of another class than
	// what is to be seen, and Moved which part of its boxes lies beside what is to be
	// seen.
	Wrong, Moved float64
}

// Subset is a name and a number of pictures.
type Subset struct {
	Name   string
	Images int
}

// Write writes a COCO dataset into dir, which may exist. It returns the ids of
// the annotations that are wrong, in ascending order.
func Write(dir string, o Options) (wrong []int, err error) {
	if o.Size == 0 {
		o.Size = 128
	}
	if o.Size < 32 {
		return nil, fmt.Errorf("pictures of %d pixels are too small", o.Size)
	}
	if err := os.MkdirAll(filepath.Join(dir, "annotations"), 0o777); err != nil {
		return nil, err
	}
	for i, s := range o.Images {
		w := subsetWriter{size: o.Size, random: rand.New(rand.NewPCG(o.Seed, uint64(i)))}
		if i == 0 {
			w.wrong, w.moved = o.Wrong, o.Moved
		}
		if err := w.write(dir, s); err != nil {
			return nil, err
		}
		wrong = append(wrong, w.wrongs...)
	}
	return wrong, nil
}

// subsetWriter makes one subset.
type subsetWriter struct {
	size   int
	random *rand.Rand
	wrong  float64 // which part of the labels
	moved  float64 // and of the boxes
	wrongs []int
	file   cocoFile
}

type cocoFile struct {
	Images      []cocoImage      `json:"images"`
	Annotations []cocoAnnotation `json:"annotations"`
	Categories  []cocoCategory   `json:"categories"`
}

type cocoImage struct {
	ID       int    `json:"id"`
	FileName string `json:"file_name"`
	Width    int    `json:"width"`
	Height   int    `json:"height"`
}

type cocoAnnotation struct {
	ID         int    `json:"id"`
	ImageID    int    `json:"image_id"`
	CategoryID int    `json:"category_id"`
	Box        [4]int `json:"bbox"`
	Area       int    `json:"area"`
	Crowd      int    `json:"iscrowd"`
}

type cocoCategory struct {
	ID   int    `json:"id"`
	Name string `json:"name"`
}

func (w *subsetWriter) write(dir string, s Subset) error {
	folder := filepath.Join(dir, "images", s.Name)
	if err := os.MkdirAll(folder, 0o777); err != nil {
		return err
	}
	for i, name := range Classes {
		w.file.Categories = append(w.file.Categories, cocoCategory{i + 1, name})
	}
	w.file.Annotations = []cocoAnnotation{}
	for i := range s.Images {
		name := fmt.Sprintf("%06d.jpg", i+1)
		w.file.Images = append(w.file.Images, cocoImage{i + 1, name, w.size, w.size})
		if err := writePicture(filepath.Join(folder, name), w.picture(i+1)); err != nil {
			return err
		}
	}
	text, err := json.Marshal(&w.file)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "annotations", "instances_"+s.Name+".json"), text, 0o666)
}

func writePicture(path string, img image.Image) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	return errors.Join(jpeg.Encode(f, img, &jpeg.Options{Quality: 92}), f.Close())
}

// picture draws one picture and notes what is in it.
func (w *subsetWriter) picture(id int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w.size, w.size))
	ground := w.colour()
	paint(img, img.Rect, ground, func(int, int) bool { return true })
	for range w.random.IntN(6) {
		w.line(img)
	}
	var taken []image.Rectangle
	for range 1 + w.random.IntN(4) {
		class := w.random.IntN(len(Classes))
		box, found := w.place(class, taken)
		if !found {
			continue
		}
		taken = append(taken, box)
		colour := w.colour()
		for distance(colour, ground) <= 90 {
			colour = w.colour()
		}
		paint(img, box, colour, within(class, box))
		w.note(id, class, box)
	}
	w.noise(img)
	return img
}

func (w *subsetWriter) note(image, class int, box image.Rectangle) {
	id := len(w.file.Annotations) + 1
	if w.random.Float64() < w.wrong {
		class = (class + 1 + w.random.IntN(len(Classes)-1)) % len(Classes)
		w.wrongs = append(w.wrongs, id)
	} else if w.moved > 0 && w.random.Float64() < w.moved {
		box = w.beside(box)
		w.wrongs = append(w.wrongs, id)
	}
	w.file.Annotations = append(w.file.Annotations, cocoAnnotation{ID: id, ImageID: image, CategoryID: class + 1,
		Box: [4]int{box.Min.X, box.Min.Y, box.Dx(), box.Dy()}, Area: box.Dx() * box.Dy()})
}

// beside moves a box by half of its width or height, to where there is room.
func (w *subsetWriter) beside(box image.Rectangle) image.Rectangle {
	by := image.Pt(box.Dx()/2, 0)
	if w.random.IntN(2) == 0 {
		by = image.Pt(0, box.Dy()/2)
	}
	if !box.Add(by).In(image.Rect(0, 0, w.size, w.size)) {
		by = by.Mul(-1)
	}
	return box.Add(by).Intersect(image.Rect(0, 0, w.size, w.size))
}

func (w *subsetWriter) colour() color.RGBA {
	c := w.random.Uint32()
	return color.RGBA{byte(c), byte(c >> 8), byte(c >> 16), 255}
}

// place looks for a place where a shape covers hardly anything of another.
func (w *subsetWriter) place(class int, taken []image.Rectangle) (image.Rectangle, bool) {
	for range 20 {
		least, most := w.size*14/128, w.size*56/128
		width, height := least+w.random.IntN(most-least), least+w.random.IntN(most-least)
		if Classes[class] == "circle" {
			width = min(width, height)
			height = width
		}
		at := image.Pt(w.random.IntN(w.size-width), w.random.IntN(w.size-height))
		box := image.Rectangle{at, at.Add(image.Pt(width, height))}
		free := true
		for _, t := range taken {
			both := box.Intersect(t)
			free = free && (both.Dx() < 4 || both.Dy() < 4)
		}
		if free {
			return box, true
		}
	}
	return image.Rectangle{}, false
}

func distance(a, b color.RGBA) int {
	abs := func(x, y byte) int { return max(int(x)-int(y), int(y)-int(x)) }
	return abs(a.R, b.R) + abs(a.G, b.G) + abs(a.B, b.B)
}

// within says which pixels of a box a shape covers.
func within(class int, b image.Rectangle) func(x, y int) bool {
	cx, cy := float64(b.Min.X+b.Max.X)/2, float64(b.Min.Y+b.Max.Y)/2
	rx, ry := float64(b.Dx())/2, float64(b.Dy())/2
	switch Classes[class] {
	case "circle":
		return func(x, y int) bool {
			dx, dy := (float64(x)+0.5-cx)/rx, (float64(y)+0.5-cy)/ry
			return dx*dx+dy*dy <= 1
		}
	case "triangle":
		return func(x, y int) bool {
			down := (float64(y) + 0.5 - float64(b.Min.Y)) / float64(b.Dy())
			return math.Abs(float64(x)+0.5-cx) <= down*rx
		}
	}
	return func(int, int) bool { return true }
}

func paint(img *image.RGBA, box image.Rectangle, c color.RGBA, inside func(x, y int) bool) {
	for y := box.Min.Y; y < box.Max.Y; y++ {
		for x := box.Min.X; x < box.Max.X; x++ {
			if inside(x, y) {
				img.SetRGBA(x, y, c)
			}
		}
	}
}

// line draws a thin line from one place to another.
func (w *subsetWriter) line(img *image.RGBA) {
	at := func() float64 { return w.random.Float64() * float64(w.size-1) }
	x1, y1, x2, y2 := at(), at(), at(), at()
	c, steps, thick := w.colour(), 2*w.size, 1+w.random.IntN(2)
	for i := range steps {
		t := float64(i) / float64(steps)
		x, y := int(x1+(x2-x1)*t), int(y1+(y2-y1)*t)
		paint(img, image.Rect(x, y, x+thick, y+thick).Intersect(img.Rect), c, func(int, int) bool { return true })
	}
}

// noise adds a random number to each channel, of a standard deviation of 8.
func (w *subsetWriter) noise(img *image.RGBA) {
	for i, v := range img.Pix {
		if i%4 != 3 {
			img.Pix[i] = byte(max(0, min(255, int(v)+int(8*w.random.NormFloat64()))))
		}
	}
}
