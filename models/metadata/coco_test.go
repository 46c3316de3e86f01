package metadata

import (
	"strings"
	"testing"
)

// COCO's names have COCO's ids where the background is class 0, and are counted
// otherwise; other lists of eighty names are counted always.
func TestCOCOsIDs(t *testing.T) {
	list := strings.Join(cocoNames, "\n")
	for name, test := range map[string]struct {
		list       string
		background bool
		want       map[int]string
	}{
		"ids":          {list, true, map[int]string{0: "", 1: "person", 11: "fire hydrant", 12: "", 13: "stop sign", 44: "bottle", 67: "dining table", 83: "", 90: "toothbrush"}},
		"underscores":  {strings.ReplaceAll(list, " ", "_"), true, map[int]string{90: "toothbrush"}},
		"places":       {list, false, map[int]string{0: "person", 11: "stop sign", 79: "toothbrush", 90: ""}},
		"VOC's names":  {strings.NewReplacer("couch", "sofa", "airplane", "aeroplane", "tv", "tvmonitor").Replace(list), true, map[int]string{5: "aeroplane", 63: "sofa", 90: "toothbrush"}},
		"other names":  {strings.ReplaceAll(list, "bicycle", "tricycle"), true, map[int]string{12: "stop sign", 80: "toothbrush", 90: ""}},
		"one less":     {strings.TrimSuffix(list, "\ntoothbrush"), true, map[int]string{12: "stop sign", 79: "hair drier"}},
		"a background": {"background\n" + list, true, map[int]string{0: "background", 12: "stop sign"}},
	} {
		f, err := ParseLabels([]byte(test.list))
		if err != nil {
			t.Fatal(err)
		}
		labels := f.Apply(nil, test.background)
		for n, want := range test.want {
			if labels[n] != want {
				t.Errorf("%s: class %d is %q, not %q", name, n, labels[n], want)
			}
		}
	}
}
