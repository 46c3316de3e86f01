package files_test

import (
	"bytes"
	"fmt"
	"log"
	"strings"

	"datum/files"
)

// An archive is written, and read from a stream as from standard input.
func Example() {
	var out bytes.Buffer
	w, err := files.NewWriter(&out, "tar.zst")
	if err != nil {
		log.Fatal(err)
	}
	for _, name := range []string{"images/1.jpg", "images/2.JPG", "labels/1.txt"} {
		if err := w.Add(name, 5, strings.NewReader("bytes")); err != nil {
			log.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		log.Fatal(err)
	}

	f, err := files.OpenStream(&out, "-", files.Limits{})
	if err != nil {
		log.Fatal(err)
	}
	defer f.Close()
	for _, name := range f.List().All(".jpg") {
		b, err := f.ReadFile(name, 1<<20)
		fmt.Println(name, len(b), err)
	}
	_, err = f.OpenFile("../secret")
	fmt.Println(err)
	// Output:
	// images/1.jpg 5 <nil>
	// images/2.JPG 5 <nil>
	// open ../secret: the path leaves the dataset
}
