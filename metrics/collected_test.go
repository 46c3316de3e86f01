package metrics_test

import (
	"encoding/json"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/internal/peertest"
	"datum/metrics"
)

// readCOCO reads the truths of a COCO file.
func readCOCO(t *testing.T, path string) (s set) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var file struct {
		Images, Categories []struct{ ID int }
		Annotations        []struct {
			Image    int        `json:"image_id"`
			Category int        `json:"category_id"`
			Box      [4]float64 `json:"bbox"`
			Area     float64
			Crowd    int `json:"iscrowd"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		t.Fatal(err)
	}
	place := func(list []struct{ ID int }, id int) int {
		return slices.IndexFunc(list, func(e struct{ ID int }) bool { return e.ID == id })
	}
	s.categories, s.images = len(file.Categories), make([]image, len(file.Images))
	for _, a := range file.Annotations {
		m := &s.images[place(file.Images, a.Image)]
		m.truths = append(m.truths, metrics.Truth{
			Category: place(file.Categories, a.Category), Box: metrics.Box{X: a.Box[0], Y: a.Box[1], W: a.Box[2], H: a.Box[3]},
			Area: a.Area, Crowd: a.Crowd != 0,
		})
	}
	return s
}

// jitter adds detections as of a fair model: most truths are found, some twice
// or as something else, with boxes that are a little off.
func (s set) jitter(seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 9))
	for i := range s.images {
		m := &s.images[i]
		for _, t := range m.truths {
			for range rng.IntN(3) {
				off := func(size float64) float64 { return rng.NormFloat64() * size * 0.08 }
				d := metrics.Detection{Category: t.Category, Score: rng.Float64(), Box: t.Box}
				d.Box.X += off(t.Box.W)
				d.Box.Y += off(t.Box.H)
				d.Box.W += max(off(t.Box.W), -t.Box.W/2)
				d.Box.H += max(off(t.Box.H), -t.Box.H/2)
				if rng.Float64() < 0.1 {
					d.Category = rng.IntN(s.categories)
				}
				m.detections = append(m.detections, d)
			}
		}
	}
}

// Datasets that people made and published, with detections of our making.
func TestAgreesWithPycocotoolsOnCollectedDatasets(t *testing.T) {
	for _, name := range []string{
		"otx-1.4.3/small_objects/annotations/instances_train.json",
		"otx-1.4.3/small_objects/annotations/instances_val.json",
		"otx-1.4.3/car_tree_bug/annotations/instances_train.json",
		"otx-2.6.0/tiling_small_objects/annotations/instances_train.json",
		"otx-2.6.0/car_tree_bug/annotations/instances_val.json",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			peer, file, _ := strings.Cut(name, "/")
			s := readCOCO(t, filepath.Join(peertest.Dir(t, peer), file))
			s.jitter(3)
			s.check(t)
		})
	}
}
