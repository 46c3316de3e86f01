package cocogen

import (
	"image"
	"image/color"
	"math"
	"math/rand/v2"
	"slices"
)

// scene is a picture in the making.
type scene struct {
	rnd     *rand.Rand
	w, h    int
	picture *image.RGBA
}

// shape is a thing that was drawn: its outline in one or more parts.
type shape struct {
	category  int // index into categories
	parts     [][]float64
	keypoints []float64 // x, y, visibility in turn, only of a person
}

func newScene(rnd *rand.Rand, w, h int) *scene {
	s := &scene{rnd: rnd, w: w, h: h, picture: image.NewRGBA(image.Rect(0, 0, w, h))}
	sky, ground := s.colour(), s.colour()
	for y := range h {
		t := float64(y) / float64(h)
		c := color.RGBA{mix(sky.R, ground.R, t), mix(sky.G, ground.G, t), mix(sky.B, ground.B, t), 255}
		for x := range w {
			s.picture.SetRGBA(x, y, c)
		}
	}
	return s
}

func mix(a, b uint8, t float64) uint8 { return uint8(float64(a)*(1-t) + float64(b)*t) }

func (s *scene) colour() color.RGBA {
	return color.RGBA{uint8(s.rnd.IntN(256)), uint8(s.rnd.IntN(256)), uint8(s.rnd.IntN(256)), 255}
}

// round keeps two decimals, as COCO's own files do.
func round(v float64) float64 { return math.Round(v*100) / 100 }

// draw draws a thing somewhere.
func (s *scene) draw() shape {
	r := 4 + s.rnd.Float64()*float64(min(s.w, s.h))/5
	x := r + s.rnd.Float64()*(float64(s.w)-2*r)
	y := r + s.rnd.Float64()*(float64(s.h)-2*r)
	out := shape{category: s.rnd.IntN(len(categories))}
	switch {
	case categories[out.category].Keypoints != nil:
		out.parts = [][]float64{ring(x, y, r*0.6, r, 16, 0)}
		out.keypoints = s.joints(x, y, r)
	case s.rnd.IntN(4) == 0: // in two parts
		out.parts = [][]float64{ring(x-r/2, y, r/3, r/2, 5, 0.3), ring(x+r/2, y, r/3, r/2, 7, 0)}
	default:
		out.parts = [][]float64{ring(x, y, r, r, 3+s.rnd.IntN(9), s.rnd.Float64())}
	}
	c := s.colour()
	for _, p := range out.parts {
		fill(p, s.w, s.h, func(x, y int) { s.picture.SetRGBA(x, y, c) })
	}
	return out
}

// ring is a polygon of n corners around (x, y).
func ring(x, y, rx, ry float64, n int, turn float64) []float64 {
	var p []float64
	for i := range n {
		a := 2*math.Pi*float64(i)/float64(n) + turn
		p = append(p, round(x+rx*math.Cos(a)), round(y+ry*math.Sin(a)))
	}
	return p
}

func (s *scene) joints(x, y, r float64) []float64 {
	var k []float64
	for i := range keypointNames {
		v := float64(s.rnd.IntN(3))
		if v == 0 {
			k = append(k, 0, 0, 0)
			continue
		}
		a := 2 * math.Pi * float64(i) / float64(len(keypointNames))
		k = append(k, math.Round(x+r/2*math.Cos(a)), round(y+r/2*math.Sin(a)), v)
	}
	return k
}

// crowd draws a flock of dots and returns its pixels as run lengths, column by
// column, zeros first.
func (s *scene) crowd() (runs []int64) {
	c, set := s.colour(), make([]bool, s.w*s.h)
	for range 5 + s.rnd.IntN(10) {
		dot := ring(s.rnd.Float64()*float64(s.w), s.rnd.Float64()*float64(s.h), 4, 4, 8, 0)
		fill(dot, s.w, s.h, func(x, y int) {
			s.picture.SetRGBA(x, y, c)
			set[x*s.h+y] = true
		})
	}
	last, n := false, int64(0)
	for _, on := range set {
		if on != last {
			runs, last, n = append(runs, n), on, 0
		}
		n++
	}
	return append(runs, n)
}

// fill calls dot for the pixels whose centres lie in the polygon p.
func fill(p []float64, w, h int, dot func(x, y int)) {
	for y := range h {
		cy := float64(y) + 0.5
		var cuts []float64
		for i := 0; i < len(p); i += 2 {
			k := (i + 2) % len(p)
			if (p[i+1] <= cy) != (p[k+1] <= cy) {
				cuts = append(cuts, p[i]+(cy-p[i+1])/(p[k+1]-p[i+1])*(p[k]-p[i]))
			}
		}
		slices.Sort(cuts)
		for i := 0; i+1 < len(cuts); i += 2 {
			for x := max(0, int(math.Ceil(cuts[i]-0.5))); x < w && float64(x)+0.5 < cuts[i+1]; x++ {
				dot(x, y)
			}
		}
	}
}
