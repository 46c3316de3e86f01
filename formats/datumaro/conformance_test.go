package datumaro

import (
	"testing"

	"datum/dataset"
	"datum/formats/formatstest"
)

func TestConformance(t *testing.T) {
	formatstest.Run(t, formatstest.Suite{
		Format: Format(),
		Media:  []dataset.MediaKind{dataset.MediaPointCloud, dataset.MediaVideo, dataset.MediaVideoFrame},
		Expect: func(it *dataset.Item) bool {
			var kept []dataset.Annotation
			for _, a := range it.Annotations {
				switch a := a.(type) {
				case *dataset.RotatedBbox, *dataset.Tabular:
					continue
				case *dataset.Cuboid2D:
					a.Y3D = nil
				}
				kept = append(kept, a)
			}
			it.Annotations = kept
			if it.Media != nil && it.Media.Main().Name == "same.png" {
				it.ID = "same.png"
			}
			return true
		},
		Losses: map[string]int{
			"rotated boxes dropped":            1,
			"table rows dropped":               1,
			"base lines of 2D cuboids dropped": 1,
			"media files not saved, since the source holds only their names": 1,
			"items renamed because another of the subset has the same id":    1,
		},
		BreakLabel: formatstest.ReplaceIn("annotations/train.json", `"label_id":2`, `"label_id":3`),
	})
}
