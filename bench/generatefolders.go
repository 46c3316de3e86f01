package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
)

// boxesInPicture is how many boxes the folders of VOC and YOLO have for each
// picture.
const boxesInPicture = 3

// vocClasses are the first of the twenty that every reader of VOC knows.
var vocClasses = []string{"aeroplane", "bicycle", "bird", "boat", "bottle", "bus", "car", "cat"}

// smallPicture is the file of each picture of the folders, 64 × 48 pixels.
const smallWidth, smallHeight = 64, 48

// makeVOC writes n pictures and n XML files.
func makeVOC(dir string, n int) error {
	var list bytes.Buffer
	err := makeFolder(dir, n, "JPEGImages", "Annotations/%s.xml", func(name string, r *rand.Rand) []byte {
		fmt.Fprintln(&list, name)
		return vocXML(name, r)
	})
	sets := filepath.Join(dir, "ImageSets", "Main")
	return errors.Join(err, os.MkdirAll(sets, 0o777), os.WriteFile(filepath.Join(sets, "train.txt"), list.Bytes(), 0o666))
}

// makeYOLO writes n pictures and n label files in the layout of Ultralytics.
func makeYOLO(dir string, n int) error {
	err := makeFolder(dir, n, "images/train", "labels/train/%s.txt", func(_ string, r *rand.Rand) []byte { return yoloLines(r) })
	var yaml bytes.Buffer
	fmt.Fprint(&yaml, "path: .\ntrain: images/train\nnames:\n")
	for i, c := range vocClasses {
		fmt.Fprintf(&yaml, "  %d: %s\n", i, c)
	}
	return errors.Join(err, os.WriteFile(filepath.Join(dir, "data.yaml"), yaml.Bytes(), 0o666))
}

// makeFolder writes n small pictures, and beside each what label returns.
func makeFolder(dir string, n int, pictures, labels string, label func(name string, r *rand.Rand) []byte) error {
	picture, err := makeSmallPicture()
	if err != nil {
		return err
	}
	for _, sub := range []string{pictures, filepath.Dir(labels)} {
		if err := os.MkdirAll(filepath.Join(dir, sub), 0o777); err != nil {
			return err
		}
	}
	r := rand.New(rand.NewPCG(4, 5))
	for i := range n {
		file := pictureName(i)
		name := strings.TrimSuffix(file, ".jpg")
		err := errors.Join(
			os.WriteFile(filepath.Join(dir, pictures, file), picture, 0o666),
			os.WriteFile(filepath.Join(dir, fmt.Sprintf(labels, name)), label(name, r), 0o666))
		if err != nil {
			return err
		}
	}
	return nil
}

func vocXML(name string, r *rand.Rand) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "<annotation>\n  <folder>JPEGImages</folder>\n  <filename>%s.jpg</filename>\n"+
		"  <size><width>%d</width><height>%d</height><depth>3</depth></size>\n  <segmented>0</segmented>\n", name, smallWidth, smallHeight)
	for range boxesInPicture {
		x, y := 1+r.IntN(smallWidth/2), 1+r.IntN(smallHeight/2)
		fmt.Fprintf(&b, "  <object>\n    <name>%s</name>\n    <pose>Unspecified</pose>\n    <truncated>0</truncated>\n    <difficult>0</difficult>\n"+
			"    <bndbox><xmin>%d</xmin><ymin>%d</ymin><xmax>%d</xmax><ymax>%d</ymax></bndbox>\n  </object>\n",
			vocClasses[r.IntN(len(vocClasses))], x, y, x+1+r.IntN(smallWidth/4), y+1+r.IntN(smallHeight/4))
	}
	b.WriteString("</annotation>\n")
	return b.Bytes()
}

func yoloLines(r *rand.Rand) []byte {
	var b bytes.Buffer
	for range boxesInPicture {
		fmt.Fprintf(&b, "%d %.6f %.6f %.6f %.6f\n", r.IntN(len(vocClasses)),
			0.3+0.4*r.Float64(), 0.3+0.4*r.Float64(), 0.1+0.4*r.Float64(), 0.1+0.4*r.Float64())
	}
	return b.Bytes()
}
