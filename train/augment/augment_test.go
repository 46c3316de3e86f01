package augment_test

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"datum/internal/rgb"
	"datum/train/augment"
)

// painted returns a dark picture with a red rectangle and its box.
func painted(width, height, x1, y1, x2, y2, label int) *augment.Picture {
	p := &augment.Picture{Picture: rgb.Picture{Pix: bytes.Repeat([]byte{0, 0, 40}, width*height), Width: width, Height: height}}
	for y := y1; y < y2; y++ {
		for x := x1; x < x2; x++ {
			copy(p.Pix[3*(y*width+x):], []byte{255, 0, 40})
		}
	}
	p.Boxes = []augment.Box{{Label: label, X1: float64(x1), Y1: float64(y1), X2: float64(x2), Y2: float64(y2), Item: 7, Annotation: 3}}
	return p
}

func empty(width, height int) *augment.Picture {
	return &augment.Picture{Picture: rgb.Picture{Pix: bytes.Repeat([]byte{9}, 3*width*height), Width: width, Height: height}}
}

// red returns the box around the pixels that are more red than not.
func red(p *augment.Picture) (b augment.Box, found bool) {
	b = augment.Box{X1: math.Inf(1), Y1: math.Inf(1), X2: math.Inf(-1), Y2: math.Inf(-1)}
	for y := range p.Height {
		for x := range p.Width {
			if p.Pix[3*(y*p.Width+x)] > 127 {
				b.X1, b.X2 = min(b.X1, float64(x)), max(b.X2, float64(x+1))
				b.Y1, b.Y2 = min(b.Y1, float64(y)), max(b.Y2, float64(y+1))
				found = true
			}
		}
	}
	return b, found
}

// The box is where the red pixels are, whatever happens to the picture.
func TestBoxesFollowPixels(t *testing.T) {
	recipes := map[string]augment.Recipe{
		"fit":     {},
		"flips":   {FlipAcross: 0.5, FlipDown: 0.5},
		"scale":   {ScaleLeast: 0.3, ScaleMost: 3, FlipAcross: 0.5},
		"aspect":  {Aspect: 2, ScaleLeast: 0.5, ScaleMost: 2, FlipDown: 0.5},
		"stretch": {Stretch: true, ScaleLeast: 0.8, ScaleMost: 1.5},
	}
	for name, recipe := range recipes {
		t.Run(name, func(t *testing.T) {
			if err := recipe.Check(); err != nil {
				t.Fatal(err)
			}
			a := augment.Applier{Recipe: recipe}
			random := rand.New(rand.NewPCG(1, 2))
			seen := 0
			for i := range 300 {
				w, h := 60+random.IntN(200), 60+random.IntN(200)
				x, y := random.IntN(w-30), random.IntN(h-30)
				from := painted(w, h, x, y, x+10+random.IntN(20), y+10+random.IntN(20), 4)
				to := empty(160, 128)
				a.Apply(to, random, from)
				got, found := red(to)
				if len(to.Boxes) == 0 {
					if found && (got.X2-got.X1 > 1.5 && got.Y2-got.Y1 > 1.5) {
						t.Fatalf("%d: the box is lost, red is %v", i, got)
					}
					continue
				}
				b := to.Boxes[0]
				if b.Label != 4 || b.Item != 7 || b.Annotation != 3 || b.Weight != 1 {
					t.Fatalf("%d: %+v", i, b)
				}
				if b.X2-b.X1 < 3 || b.Y2-b.Y1 < 3 {
					continue // too small to be seen between pixels
				}
				seen++
				const off = 1.6
				if !found || math.Abs(b.X1-got.X1) > off || math.Abs(b.Y1-got.Y1) > off || math.Abs(b.X2-got.X2) > off || math.Abs(b.Y2-got.Y2) > off {
					t.Fatalf("%d: the box is %v, red is %v", i, b, got)
				}
			}
			if seen < 150 {
				t.Errorf("only %d boxes were compared", seen)
			}
		})
	}
}

func TestMosaic(t *testing.T) {
	a := augment.Applier{Recipe: augment.Recipe{Mosaic: 1, Stretch: true}}
	if n := a.Recipe.Others(); n != 3 {
		t.Fatalf("it needs %d others", n)
	}
	var all []*augment.Picture
	for i := range 4 {
		all = append(all, painted(100, 100, 0, 0, 100, 100, i))
	}
	to := empty(90, 110)
	a.Apply(to, augment.Random(1, 0, 0), all[0], all[1:]...)
	var area float64
	for i, b := range to.Boxes {
		if b.Label != i {
			t.Errorf("box %d is of picture %d", i, b.Label)
		}
		area += (b.X2 - b.X1) * (b.Y2 - b.Y1)
	}
	if len(to.Boxes) != 4 || area != 90*110 {
		t.Errorf("the boxes cover %v of %d: %v", area, 90*110, to.Boxes)
	}
	for i := 0; i < len(to.Pix); i += 3 {
		if to.Pix[i] != 255 {
			t.Fatalf("pixel %d is of no picture", i/3)
		}
	}
}

// Of pictures that are left plain nothing is changed, and of half of them half.
func TestPlain(t *testing.T) {
	from := painted(50, 40, 5, 6, 25, 30, 0)
	untouched := func(plain float64) (n int) {
		a := augment.Applier{Recipe: augment.Recipe{ScaleLeast: 0.3, ScaleMost: 0.5, Brightness: 0.5, Mosaic: 1, MixUp: 1, Plain: plain}}
		for i := range 100 {
			to := empty(50, 40)
			a.Apply(to, augment.Random(1, 2, i), from, from, from, from)
			if bytes.Equal(to.Pix, from.Pix) && len(to.Boxes) == 1 && to.Boxes[0].X1 == 5 && to.Boxes[0].Y2 == 30 {
				n++
			}
		}
		return n
	}
	if n := untouched(1); n != 100 {
		t.Errorf("%d of 100 are as they were", n)
	}
	if n := untouched(0.5); n < 30 || n > 70 {
		t.Errorf("%d of 100 are as they were, and not some 50", n)
	}
}

func TestMixUp(t *testing.T) {
	a := augment.Applier{Recipe: augment.Recipe{MixUp: 1}}
	to := empty(50, 50)
	a.Apply(to, augment.Random(3, 1, 2), painted(50, 50, 0, 0, 25, 50, 0), painted(50, 50, 25, 0, 50, 50, 1))
	if len(to.Boxes) != 2 {
		t.Fatal(to.Boxes)
	}
	first, second := to.Boxes[0].Weight, to.Boxes[1].Weight
	if math.Abs(first+second-1) > 1e-9 || first < 0.5 || first > 0.76 {
		t.Errorf("weights %v and %v", first, second)
	}
	left, right := float64(to.Pix[0])/255, float64(to.Pix[3*49])/255
	if math.Abs(left-first) > 0.01 || math.Abs(right-second) > 0.01 {
		t.Errorf("pixels %v and %v, weights %v and %v", left, right, first, second)
	}
}

// Less than a third of a box is no object, and no background either.
func TestCutBoxesAreIgnored(t *testing.T) {
	a := augment.Applier{Recipe: augment.Recipe{ScaleLeast: 4, ScaleMost: 4}}
	ignored, kept := 0, 0
	for i := range 200 {
		to := empty(64, 64)
		a.Apply(to, augment.Random(1, 0, i), painted(64, 64, 20, 20, 44, 44, 0))
		for _, b := range to.Boxes {
			if share := (b.X2 - b.X1) * (b.Y2 - b.Y1) / (96 * 96); b.Ignore != (share < 0.3) {
				t.Fatalf("%.2f of the box is left, ignored: %v", share, b.Ignore)
			}
			if b.Ignore {
				ignored++
			} else {
				kept++
			}
		}
	}
	if ignored == 0 || kept == 0 {
		t.Errorf("%d were ignored, %d kept", ignored, kept)
	}
}

func TestColours(t *testing.T) {
	colours := []byte{0, 0, 0, 255, 255, 255, 128, 128, 128, 200, 30, 90, 10, 250, 60}
	make := func() *augment.Picture {
		return &augment.Picture{Picture: rgb.Picture{Pix: bytes.Clone(colours), Width: 5, Height: 1}}
	}
	for i := range 50 {
		// Whatever the hue and the saturation: greys stay, and so does the brightness.
		to := empty(5, 1)
		a := augment.Applier{Recipe: augment.Recipe{Hue: 20, Saturation: 0.3, Stretch: true}}
		a.Apply(to, augment.Random(1, 0, i), make())
		if !bytes.Equal(to.Pix[:9], colours[:9]) {
			t.Fatalf("greys became %v", to.Pix[:9])
		}
		if bytes.Equal(to.Pix[9:], colours[9:]) {
			t.Errorf("colours stayed %v", to.Pix[9:])
		}
		a.Recipe = augment.Recipe{Brightness: 0.5}
		a.Apply(to, augment.Random(1, 0, i), make())
		by := float64(to.Pix[6]) / 128
		if by < 0.49 || by > 1.51 || to.Pix[0] != 0 || math.Abs(float64(to.Pix[9])-min(255, by*200)) > 2 {
			t.Errorf("brightness made %v", to.Pix)
		}
	}
}

// The same numbers make the same picture, and others another one.
func TestDeterministic(t *testing.T) {
	recipe := augment.Recipe{FlipAcross: 0.5, ScaleLeast: 0.5, ScaleMost: 2, Aspect: 1.3, Brightness: 0.3, Contrast: 0.3, Saturation: 0.3, Hue: 10, Mosaic: 0.5, MixUp: 0.5}
	seen := map[string]bool{}
	var first, second augment.Applier
	first.Recipe, second.Recipe = recipe, recipe
	from := painted(120, 90, 30, 20, 70, 60, 1)
	before := bytes.Clone(from.Pix)
	for i := range 20 {
		one, two := empty(64, 64), empty(64, 64)
		first.Apply(one, augment.Random(5, 1, i), from, from, from)
		second.Apply(two, augment.Random(5, 1, i), from, from, from)
		if !bytes.Equal(one.Pix, two.Pix) || fmt.Sprint(one.Boxes) != fmt.Sprint(two.Boxes) {
			t.Fatalf("%d: two pictures of the same numbers", i)
		}
		seen[string(one.Pix)] = true
	}
	if len(seen) != 20 {
		t.Errorf("%d pictures of 20", len(seen))
	}
	if !bytes.Equal(before, from.Pix) {
		t.Error("the picture that was read has changed")
	}
}

// Sizes down to one pixel.
func TestSmallPictures(t *testing.T) {
	a := augment.Applier{Recipe: augment.Recipe{FlipAcross: 0.5, FlipDown: 0.5, ScaleLeast: 0.1, ScaleMost: 8, Aspect: 4, Mosaic: 0.5, MixUp: 0.5, Hue: 10}}
	random := rand.New(rand.NewPCG(8, 9))
	for range 2000 {
		from := painted(1+random.IntN(5), 1+random.IntN(5), 0, 0, 1, 1, 0)
		a.Apply(empty(1+random.IntN(9), 1+random.IntN(9)), random, from, from, from, from)
	}
}

func TestCheck(t *testing.T) {
	for _, bad := range []augment.Recipe{{FlipAcross: 1.5}, {Mosaic: -1}, {Hue: math.NaN()}, {ScaleLeast: 2, ScaleMost: 1}, {Aspect: math.Inf(1)}} {
		if bad.Check() == nil {
			t.Errorf("%+v is taken", bad)
		}
	}
}

func BenchmarkApply(b *testing.B) {
	from := painted(640, 480, 100, 100, 200, 200, 0)
	for name, recipe := range map[string]augment.Recipe{
		"flip and scale": {FlipAcross: 0.5, ScaleLeast: 0.5, ScaleMost: 1.5},
		"all":            {FlipAcross: 0.5, ScaleLeast: 0.5, ScaleMost: 1.5, Brightness: 0.3, Hue: 10, Mosaic: 1, MixUp: 0.1},
	} {
		b.Run(name, func(b *testing.B) {
			a := augment.Applier{Recipe: recipe}
			to := empty(320, 320)
			for i := range b.N {
				a.Apply(to, augment.Random(1, 0, i), from, from, from, from)
			}
		})
	}
}

func ExampleApplier() {
	a := augment.Applier{Recipe: augment.Recipe{FlipAcross: 1}}
	to := empty(100, 100)
	a.Apply(to, augment.Random(1, 0, 0), painted(200, 200, 20, 20, 60, 100, 2))
	fmt.Println(to.Boxes[0])
	// Output: 2 (70.0, 10.0)–(90.0, 50.0)
}
