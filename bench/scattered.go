package main

import (
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"math/rand/v2"
	"os"
	"path/filepath"

	xdraw "golang.org/x/image/draw"
)

const (
	scatteredSide = 128
	// smallestDigit and largestDigit are the sides of the squares that digits come in.
	smallestDigit, largestDigit = 24, 56
	// mostDigits is how many a picture has at most.
	mostDigits = 5
)

// scatterer puts handwritten digits on photographs.
type scatterer struct {
	random         *rand.Rand
	photographs    []image.Image
	pixels, labels []byte // without their heads
	seen           []photoBox
}

// makeScattered writes a COCO dataset of parts of photographs with digits of MNIST on
// them: those of its training set to learn from, those of its test set to validate with.
func makeScattered(archive, models, dir string, train, val int) error {
	files, err := readMNIST(archive)
	if err != nil {
		return err
	}
	photographs, err := decodeAll(models)
	if err != nil {
		return err
	}
	for i, subset := range []struct {
		name, prefix string
		pictures     int
	}{{"train", "train", train}, {"val", "t10k", val}} {
		pixels, labels := files[subset.prefix+"-images-idx3-ubyte"], files[subset.prefix+"-labels-idx1-ubyte"]
		if len(labels) <= labelsHead || len(pixels) != pixelsHead+(len(labels)-labelsHead)*digitSize*digitSize {
			return fmt.Errorf("the digits of %s are not whole", subset.prefix)
		}
		s := scatterer{random: rand.New(rand.NewPCG(11, uint64(i))), photographs: photographs, pixels: pixels[pixelsHead:], labels: labels[labelsHead:]}
		if err := s.write(dir, subset.name, subset.pictures); err != nil {
			return err
		}
	}
	return nil
}

func (s *scatterer) write(dir, subset string, pictures int) error {
	folder := filepath.Join(dir, "images", subset)
	if err := errors.Join(os.MkdirAll(folder, 0o777), os.MkdirAll(filepath.Join(dir, "annotations"), 0o777)); err != nil {
		return err
	}
	for i := range pictures {
		if err := writeJPEG(filepath.Join(folder, pictureName(i)), s.picture(i), 92); err != nil {
			return err
		}
	}
	var names []string
	for digit := range 10 {
		names = append(names, fmt.Sprint(digit))
	}
	size := image.Pt(scatteredSide, scatteredSide)
	return writePhotoList(filepath.Join(dir, "annotations", "instances_"+subset+".json"), names, pictures, size, s.seen)
}

// picture is a part of a photograph with digits on it, which do not overlap.
func (s *scatterer) picture(i int) image.Image {
	to := image.NewRGBA(image.Rect(0, 0, scatteredSide, scatteredSide))
	from := s.photographs[s.random.IntN(len(s.photographs))]
	free := from.Bounds().Size().Sub(to.Rect.Size())
	draw.Draw(to, to.Rect, from, image.Pt(s.random.IntN(free.X+1), s.random.IntN(free.Y+1)), draw.Src)
	var taken []image.Rectangle
	for range 1 + s.random.IntN(mostDigits) {
		side := smallestDigit + s.random.IntN(largestDigit-smallestDigit+1)
		at := image.Pt(s.random.IntN(scatteredSide-side), s.random.IntN(scatteredSide-side))
		place := image.Rectangle{at, at.Add(image.Pt(side, side))}
		free := true
		for _, t := range taken {
			free = free && !t.Overlaps(place)
		}
		if free {
			taken = append(taken, place)
			s.digit(to, i, place)
		}
	}
	return to
}

// digit paints one, in black or in white or in a colour, and notes where its ink is.
func (s *scatterer) digit(to *image.RGBA, picture int, place image.Rectangle) {
	n := s.random.IntN(len(s.labels))
	ink := &image.Alpha{Pix: s.pixels[n*digitSize*digitSize:][:digitSize*digitSize], Stride: digitSize, Rect: image.Rect(0, 0, digitSize, digitSize)}
	large := image.NewAlpha(place)
	xdraw.BiLinear.Scale(large, place, ink, ink.Rect, draw.Src, nil)
	c := s.random.Uint32()
	draw.DrawMask(to, place, image.NewUniform(color.RGBA{byte(c), byte(c >> 8), byte(c >> 16), 255}), image.Point{}, large, place.Min, draw.Over)
	s.seen = append(s.seen, photoBox{picture, int(s.labels[n]) + 1, inked(large)})
}

// inked is the rectangle around everything that is more than faint.
func inked(a *image.Alpha) (box image.Rectangle) {
	const faint = 64
	for y := a.Rect.Min.Y; y < a.Rect.Max.Y; y++ {
		for x := a.Rect.Min.X; x < a.Rect.Max.X; x++ {
			if a.AlphaAt(x, y).A > faint {
				box = box.Union(image.Rect(x, y, x+1, y+1))
			}
		}
	}
	return box
}
