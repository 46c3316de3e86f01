package main

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
)

// makePictures writes n JPEG files into a folder, each of 640 × 480 pixels and
// about 126 KB: a gradient with noise, of which no two are alike.
func makePictures(dir string, n int) error {
	img := image.NewYCbCr(image.Rect(0, 0, imageWidth, imageHeight), image.YCbCrSubsampleRatio420)
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = uint8(i), 128
	}
	for i := range n {
		paintNoise(img, rand.NewPCG(3, uint64(i)))
		if err := writeJPEG(filepath.Join(dir, pictureName(i)), img, 82); err != nil {
			return err
		}
	}
	return nil
}

// paintNoise paints the brightness; its range was chosen for the size of the
// files.
func paintNoise(img *image.YCbCr, r *rand.PCG) {
	for y := range imageHeight {
		row := img.Y[y*img.YStride:][:imageWidth]
		for x := 0; x < imageWidth; x += 8 {
			noise := r.Uint64()
			for k := range 8 {
				row[x+k] = uint8(x/8 + y/8 + int(noise&noiseRange))
				noise >>= 8
			}
		}
	}
}

const noiseRange = 63

// makeSmallPicture returns a JPEG file of a few hundred bytes.
func makeSmallPicture() ([]byte, error) {
	var b bytes.Buffer
	err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 64, 48)), nil)
	return b.Bytes(), err
}

func writeJPEG(path string, img image.Image, quality int) error {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: quality}); err != nil {
		return err
	}
	return os.WriteFile(path, b.Bytes(), 0o666)
}
