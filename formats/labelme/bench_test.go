package labelme

import (
	"fmt"
	"strings"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

// manyFiles makes n annotation files of ten polygons each, and returns how
// large they are together.
func manyFiles(b *testing.B, n int) (dir string, size int64) {
	shape := `{"label":"car","points":[[1.25,2.5],[30.125,4.75],[20.5,60.25],[3.5,40.125]],"group_id":null,"description":"","shape_type":"polygon","flags":{},"mask":null}`
	text := `{"version":"5.5.0","flags":{},"shapes":[` + strings.Repeat(shape+",", 9) + shape + `],"imagePath":"x.jpg","imageData":null,"imageHeight":480,"imageWidth":640}`
	files := map[string]string{}
	for i := range n {
		files[fmt.Sprintf("%05d.json", i)] = strings.Replace(text, "x.jpg", fmt.Sprintf("%05d.jpg", i), 1)
	}
	return formatstest.Tree(b, files), int64(n * len(text))
}

func BenchmarkImport(b *testing.B) {
	dir, size := manyFiles(b, 2000)
	b.SetBytes(size)
	for b.Loop() {
		im, err := formatstest.Open(b.Context(), Format(), dir, formats.ImportOptions{})
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range im.Items(b.Context()) {
			if err != nil {
				b.Fatal(err)
			}
		}
		im.Close()
	}
}
