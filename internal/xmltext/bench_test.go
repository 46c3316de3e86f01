package xmltext

import (
	"strings"
	"testing"
)

// BenchmarkScanner splits a file with much text in elements.
func BenchmarkScanner(b *testing.B) {
	object := "\t<object>\n\t\t<name>person</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n" +
		"\t\t<bndbox>\n\t\t\t<xmin>104</xmin>\n\t\t\t<ymin>78.25</ymin>\n\t\t\t<xmax>375</xmax>\n\t\t\t<ymax>183</ymax>\n\t\t</bndbox>\n\t</object>\n"
	text := []byte("<annotation>\n" + strings.Repeat(object, 20) + "</annotation>\n")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		s := Of(text, 0)
		for {
			t, err := s.Next()
			if err != nil {
				b.Fatal(err)
			}
			if t.Kind == EOF {
				break
			}
		}
	}
}
