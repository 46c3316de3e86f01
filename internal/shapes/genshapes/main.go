// Command genshapes writes a COCO dataset that a detector can learn in minutes.
//
//	go run ./internal/shapes/genshapes -o shapes -train 3000 -val 300
package main

import (
	"flag"
	"fmt"
	"os"

	"datum/internal/shapes"
)

func main() {
	out := flag.String("o", "", "folder to write into")
	train := flag.Int("train", 3000, "number of pictures to train with")
	val := flag.Int("val", 300, "number of pictures to validate with")
	seed := flag.Uint64("seed", 1, "which dataset")
	size := flag.Int("size", 128, "width and height of the pictures in pixels")
	wrong := flag.Float64("wrong", 0, "which part of the labels to train with is wrong; their ids are printed")
	moved := flag.Float64("moved", 0, "which part of the boxes to train with lies beside what is to be seen; their ids are printed")
	flag.Parse()
	if *out == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	ids, err := shapes.Write(*out, shapes.Options{Images: []shapes.Subset{{Name: "train", Images: *train}, {Name: "val", Images: *val}}, Seed: *seed, Size: *size, Wrong: *wrong, Moved: *moved})
	if err != nil {
		fmt.Fprintln(os.Stderr, "genshapes:", err)
		os.Exit(1)
	}
	for _, id := range ids {
		fmt.Println(id)
	}
}
