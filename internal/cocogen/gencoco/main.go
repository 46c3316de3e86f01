// Command gencoco writes a COCO dataset of drawn shapes into a new folder.
//
//	go run ./internal/cocogen/gencoco -n 5000 -o DIR -seed 1
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"

	"datum/internal/cocogen"
)

func main() {
	n := flag.Int("n", 12, "number of pictures")
	out := flag.String("o", "", "folder to write into")
	seed := flag.Uint64("seed", 1, "which dataset")
	width := flag.Int("width", 160, "width of the pictures in pixels")
	height := flag.Int("height", 120, "height of the pictures in pixels")
	subsets := flag.String("subsets", "train,val", "names of the subsets")
	flag.Parse()
	if *out == "" || flag.NArg() > 0 {
		flag.Usage()
		os.Exit(2)
	}
	err := cocogen.Write(*out, cocogen.Options{
		Images: *n, Seed: *seed, Width: *width, Height: *height, Subsets: strings.Split(*subsets, ","),
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "gencoco:", err)
		os.Exit(1)
	}
}
