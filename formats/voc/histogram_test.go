package voc

import (
	"math/rand/v2"
	"testing"
)

func TestHistogram(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(9, 10))
	for n := range 70 {
		pixels := make([]uint8, n)
		var want [256]int64
		for i := range pixels {
			if pixels[i] = uint8(r.IntN(256)); i > 0 && r.IntN(8) > 0 {
				pixels[i] = pixels[i-1]
			}
			want[pixels[i]]++
		}
		if histogram(pixels) != want {
			t.Errorf("%v is counted wrong", pixels)
		}
	}
}
