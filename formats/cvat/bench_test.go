package cvat

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

// bigFile makes an annotation file of n images with ten boxes and a polygon
// each.
func bigFile(n int) string {
	var b strings.Builder
	b.WriteString("<annotations><version>1.1</version>\n")
	for i := range n {
		fmt.Fprintf(&b, "  <image id=\"%d\" name=\"folder/picture_%06d.jpg\" width=\"1920\" height=\"1080\">\n", i, i)
		for k := range 10 {
			fmt.Fprintf(&b, "    <box label=\"car %d\" source=\"manual\" occluded=\"0\" xtl=\"%d.25\" ytl=\"10.50\" xbr=\"%d.75\" ybr=\"99.90\" z_order=\"0\">\n"+
				"      <attribute name=\"color\">red</attribute>\n    </box>\n", k%3, 10+i%900, 950+k)
		}
		b.WriteString("    <polygon label=\"road\" source=\"manual\" occluded=\"0\" points=\"1.00,2.50;30.25,40.75;50.10,60.20;70.30,80.40\" z_order=\"0\">\n    </polygon>\n  </image>\n")
	}
	b.WriteString("</annotations>\n")
	return b.String()
}

func BenchmarkImport(b *testing.B) {
	text := bigFile(10_000)
	dir := formatstest.Tree(b, map[string]string{annotationFile: text})
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		im, err := formatstest.Open(b.Context(), Format(), dir, formats.ImportOptions{})
		if err != nil {
			b.Fatal(err)
		}
		for _, err := range im.Items(context.Background()) {
			if err != nil {
				b.Fatal(err)
			}
		}
		im.Close()
	}
}

func BenchmarkExport(b *testing.B) {
	text := bigFile(10_000)
	im, err := formatstest.Open(b.Context(), Format(), formatstest.Tree(b, map[string]string{annotationFile: text}), formats.ImportOptions{})
	if err != nil {
		b.Fatal(err)
	}
	defer im.Close()
	items, err := formatstest.Collect(b.Context(), im)
	if err != nil {
		b.Fatal(err)
	}
	d := &formatstest.Dataset{Meta: *im.Info(), List: items}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		if _, err := formatstest.Write(b.Context(), Format(), b.TempDir(), d, formats.ExportOptions{}); err != nil {
			b.Fatal(err)
		}
	}
}
