package rgb_test

import (
	"math/rand/v2"
	"testing"

	"datum/internal/rgb"
)

// Each pixel is the mean of its block, also where blocks are cut off.
func TestShrink(t *testing.T) {
	t.Parallel()
	random := rand.New(rand.NewPCG(1, 2))
	for range 300 {
		w, h, n := 1+random.IntN(40), 1+random.IntN(40), random.IntN(5)
		block := 1 << n
		from := rgb.Picture{Width: w, Height: h, Pix: make([]byte, 3*w*h)}
		for i := range from.Pix {
			from.Pix[i] = byte(max(0, random.IntN(300)-44)) // often 255
		}
		to := rgb.Picture{Width: (w + block - 1) / block, Height: (h + block - 1) / block}
		to.Pix = make([]byte, 3*to.Width*to.Height)
		rgb.Shrink(&to, &from, n)
		for i, got := range to.Pix {
			x, y, c := i/3%to.Width*block, i/3/to.Width*block, i%3
			sum, count := 0, 0
			for yy := y; yy < min(y+block, h); yy++ {
				for xx := x; xx < min(x+block, w); xx++ {
					sum, count = sum+int(from.Pix[3*(yy*w+xx)+c]), count+1
				}
			}
			if want := (sum + count/2) / count; int(got) != want {
				t.Fatalf("%d × %d in blocks of %d: byte %d is %d, and not %d", w, h, block, i, got, want)
			}
		}
	}
}

func BenchmarkShrink(b *testing.B) {
	from := rgb.Picture{Width: 4000, Height: 3000, Pix: make([]byte, 3*4000*3000)}
	to := rgb.Picture{Width: 500, Height: 375, Pix: make([]byte, 3*500*375)}
	b.Run("blocks", func(b *testing.B) {
		for b.Loop() {
			rgb.Shrink(&to, &from, 3)
		}
	})
	b.Run("area", func(b *testing.B) {
		var r rgb.Resizer
		for b.Loop() {
			r.Resize(&to, 0, 0, to.Width, to.Height, &from, rgb.Area)
		}
	})
}
