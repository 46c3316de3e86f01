package voc

import (
	"strings"
	"testing"

	"datum/formats"
)

// BenchmarkRecord reads an XML file of twenty objects.
func BenchmarkRecord(b *testing.B) {
	object := "\t<object>\n\t\t<name>person</name>\n\t\t<pose>Unspecified</pose>\n\t\t<truncated>0</truncated>\n\t\t<difficult>0</difficult>\n" +
		"\t\t<bndbox>\n\t\t\t<xmin>104</xmin>\n\t\t\t<ymin>78.25</ymin>\n\t\t\t<xmax>375</xmax>\n\t\t\t<ymax>183</ymax>\n\t\t</bndbox>\n\t</object>\n"
	text := []byte("<annotation>\n\t<folder>VOC2012</folder>\n\t<filename>2012_000001.jpg</filename>\n\t<size>\n\t\t<width>500</width>\n\t\t<height>375</height>\n\t\t<depth>3</depth>\n\t</size>\n" +
		strings.Repeat(object, 20) + "</annotation>\n")
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		var loss formats.Loss
		if _, err := parseRecord(text, false, "", &loss); err != nil {
			b.Fatal(err)
		}
	}
}
