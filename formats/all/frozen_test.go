package all

import (
	"testing"

	"datum/crypto/key"
	"datum/formats"
	"datum/formats/coco/cocotest"
)

// TestFrozenDatasets reads what earlier versions of datum wrote.
func TestFrozenDatasets(t *testing.T) {
	k, err := key.Parse([]byte("datum-MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY="))
	if err != nil {
		t.Fatal(err)
	}
	for name, o := range map[string]formats.ImportOptions{"sidecar1": {Key: k}, "plain1": {}} {
		back := pass(t, "../../testdata/datumaro_binary/"+name, "datumaro_binary", "coco", o, formats.ExportOptions{SaveMedia: true})
		for _, d := range cocotest.Diff("../../testdata/coco/sample", back) {
			t.Errorf("%s: %s", name, d)
		}
	}
}
