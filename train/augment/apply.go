package augment

import (
	"image"
	"math"
	"math/rand/v2"

	"datum/internal/rgb"
)

// mosaicParts is how many pictures a mosaic is made of.
const mosaicParts = 4

// An Applier applies a recipe and keeps the memory that it needs. One goroutine
// uses it at a time.
type Applier struct {
	Recipe  Recipe
	now     Recipe // that of the picture at work
	resizer rgb.Resizer
	crop    rgb.Picture
	second  Picture
}

// Apply makes a picture of the size of to, whose pixels must be there, out of
// one picture and, where the recipe wants them, of others; with fewer others
// than [Recipe.Others] it does without a mosaic, or uses them again. The boxes of to are
// replaced. The pictures that are read are not changed.
func (a *Applier) Apply(to *Picture, random *rand.Rand, from *Picture, others ...*Picture) {
	a.now = a.Recipe
	if a.Recipe.Plain > 0 && random.Float64() < a.Recipe.Plain {
		a.now = a.Recipe.plain()
	}
	r := &a.now
	to.Boxes = to.Boxes[:0]
	mosaic, mixUp := random.Float64() < r.Mosaic, random.Float64() < r.MixUp
	if mosaic && len(others) > 0 {
		a.mosaic(to, random, from, others)
	} else {
		a.place(to, to.bounds(), random, from)
	}
	if mixUp && len(others) > 0 {
		a.mixUp(to, random, others[len(others)-1])
	}
	a.recolour(to, random)
}

func (p *Picture) bounds() image.Rectangle { return image.Rect(0, 0, p.Width, p.Height) }

// mosaic puts four pictures around a point near the middle.
func (a *Applier) mosaic(to *Picture, random *rand.Rand, from *Picture, others []*Picture) {
	middle := func(n int) int { return max(1, min(n-1, int(float64(n)*(0.3+0.4*random.Float64())))) }
	if to.Width < 2 || to.Height < 2 {
		a.place(to, to.bounds(), random, from)
		return
	}
	x, y := middle(to.Width), middle(to.Height)
	parts := [mosaicParts]image.Rectangle{
		image.Rect(0, 0, x, y), image.Rect(x, 0, to.Width, y), image.Rect(0, y, x, to.Height), image.Rect(x, y, to.Width, to.Height),
	}
	a.place(to, parts[0], random, from)
	for i, part := range parts[1:] {
		a.place(to, part, random, others[i%len(others)])
	}
}

// mixUp lets another picture shine through.
func (a *Applier) mixUp(to *Picture, random *rand.Rand, other *Picture) {
	s := &a.second
	s.Width, s.Height, s.Boxes = to.Width, to.Height, s.Boxes[:0]
	if cap(s.Pix) < len(to.Pix) {
		s.Pix = make([]byte, len(to.Pix))
	}
	s.Pix = s.Pix[:len(to.Pix)]
	a.place(s, s.bounds(), random, other)
	w := 128 + random.IntN(65) // from a half to three quarters of the first
	for i, v := range s.Pix {
		to.Pix[i] = byte((int(to.Pix[i])*w + int(v)*(256-w) + 128) >> 8)
	}
	share := float64(w) / 256
	for i := range to.Boxes {
		to.Boxes[i].Weight *= share
	}
	for _, b := range s.Boxes {
		b.Weight *= 1 - share
		to.Boxes = append(to.Boxes, b)
	}
}

// placement is how a part of one picture becomes a part of another.
type placement struct {
	from, to image.Rectangle
	// across and down say that it is mirrored.
	across, down bool
}

// place puts a picture into a part of another, scaled and cropped as the recipe
// says, with its boxes.
func (a *Applier) place(to *Picture, part image.Rectangle, random *rand.Rand, from *Picture) {
	p := a.choose(part, random, from.Width, from.Height)
	source := &from.Picture
	if p.from != from.bounds() {
		cut(&a.crop, &from.Picture, p.from)
		source = &a.crop
	}
	fill(&to.Picture, part, p.to, a.now.Fill)
	a.resizer.Resize(&to.Picture, p.to.Min.X, p.to.Min.Y, p.to.Dx(), p.to.Dy(), source, a.now.Interpolation)
	mirror(&to.Picture, p)
	for _, b := range from.Boxes {
		if b, ok := p.box(b, a.now.leastVisible()); ok {
			to.Boxes = append(to.Boxes, b)
		}
	}
}

// choose decides where a picture goes.
func (a *Applier) choose(part image.Rectangle, random *rand.Rand, width, height int) placement {
	r := &a.now
	across, down := float64(part.Dx())/float64(width), float64(part.Dy())/float64(height)
	if !r.Stretch {
		across = min(across, down)
		down = across
	}
	least, most := r.scales()
	scale := math.Exp(between(random, math.Log(least), math.Log(most)))
	aspect := 1.0
	if r.Aspect > 1 {
		aspect = math.Exp(between(random, -0.5, 0.5) * math.Log(r.Aspect))
	}
	var p placement
	p.from.Min.X, p.from.Max.X, p.to.Min.X, p.to.Max.X = span(random, width, part.Min.X, part.Max.X, across*scale*aspect)
	p.from.Min.Y, p.from.Max.Y, p.to.Min.Y, p.to.Max.Y = span(random, height, part.Min.Y, part.Max.Y, down*scale/aspect)
	p.across, p.down = random.Float64() < r.FlipAcross, random.Float64() < r.FlipDown
	return p
}

// span decides, in one direction, which of n pixels go between low and high:
// all of them, at a random place, where they have room at that scale, and otherwise a
// random part of them. There is at least one pixel on either side.
func span(random *rand.Rand, n, low, high int, scale float64) (from, fromEnd, to, toEnd int) {
	room, wanted, where := high-low, int(math.Round(float64(n)*scale)), random.Float64()
	if wanted <= room {
		wanted = max(1, wanted)
		to = low + int(where*float64(room-wanted+1))
		return 0, n, to, to + wanted
	}
	part := max(1, min(n, int(math.Round(float64(room)/scale))))
	from = int(where * float64(n-part+1))
	return from, from + part, low, high
}

func between(random *rand.Rand, low, high float64) float64 { return low + random.Float64()*(high-low) }

// box returns a box where it is now, and false where nothing is left of it.
func (p *placement) box(b Box, leastVisible float64) (Box, bool) {
	sx, sy := float64(p.to.Dx())/float64(p.from.Dx()), float64(p.to.Dy())/float64(p.from.Dy())
	x := func(v float64) float64 { return (v-float64(p.from.Min.X))*sx + float64(p.to.Min.X) }
	y := func(v float64) float64 { return (v-float64(p.from.Min.Y))*sy + float64(p.to.Min.Y) }
	b.X1, b.X2, b.Y1, b.Y2 = x(b.X1), x(b.X2), y(b.Y1), y(b.Y2)
	if ends := float64(p.to.Min.X + p.to.Max.X); p.across {
		b.X1, b.X2 = ends-b.X2, ends-b.X1
	}
	if ends := float64(p.to.Min.Y + p.to.Max.Y); p.down {
		b.Y1, b.Y2 = ends-b.Y2, ends-b.Y1
	}
	whole := b.area()
	b.X1, b.X2 = max(b.X1, float64(p.to.Min.X)), min(b.X2, float64(p.to.Max.X))
	b.Y1, b.Y2 = max(b.Y1, float64(p.to.Min.Y)), min(b.Y2, float64(p.to.Max.Y))
	if b.X1 >= b.X2 || b.Y1 >= b.Y2 {
		return b, false
	}
	b.Ignore = b.Ignore || b.area() < leastVisible*whole
	if b.Weight == 0 {
		b.Weight = 1
	}
	return b, true
}
