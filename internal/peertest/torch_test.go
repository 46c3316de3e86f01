package peertest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"testing"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
)

// colours is a dataset of pictures that are mostly of one of three colours, which
// is their label.
func colours(t *testing.T, n int) *datum.Dataset {
	t.Helper()
	dir := t.TempDir()
	items := make([]dataset.Item, n)
	for i := range items {
		m := image.NewNRGBA(image.Rect(0, 0, 16, 12))
		for p := range m.Rect.Dx() * m.Rect.Dy() {
			c := [3]uint8{uint8(37 * (p + i)), uint8(53 * (p + i)), uint8(71 * (p + i))}
			c[i%3] |= 0xc0
			m.SetNRGBA(p%16, p/16, color.NRGBA{c[0], c[1], c[2], 255})
		}
		var b bytes.Buffer
		if err := png.Encode(&b, m); err != nil {
			t.Fatal(err)
		}
		name := fmt.Sprintf("%03d.png", i)
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
		items[i] = dataset.Item{ID: name[:3], Subset: "train", Annotations: []dataset.Annotation{&dataset.Label{Base: dataset.Base{ObjectID: dataset.NoObject}, Label: int32(i % 3)}},
			Media: &dataset.Image{File: dataset.File{Name: name, Source: dataset.LocalFile(filepath.Join(dir, name))}, Width: 16, Height: 12}}
	}
	return datum.New(&dataset.Info{MediaKind: dataset.MediaImage, Subsets: []dataset.Subset{{Name: "train", Items: n}},
		Categories: dataset.Categories{Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "red"}, {Name: "green"}, {Name: "blue"}}}}}, items)
}

// PyTorch learns from an encrypted dataset, in one process and in several.
func TestTorchTrainsOnStream(t *testing.T) {
	RequireTorch(t)
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	const n = 120
	pipe := streamOf(t, colours(t, n), k) + " --shuffle --seed 5"
	for _, how := range []struct{ url, workers string }{{pipe, "0"}, {pipe + " --shard {0..1}/2", "2"}} {
		var got struct {
			Samples            int
			Right, First, Last float64
		}
		if err := json.Unmarshal(Run(t, Torch, "train", "pipe:"+how.url, how.workers, "6"), &got); err != nil {
			t.Fatal(err)
		}
		t.Logf("%s workers: %+v", how.workers, got)
		if got.Samples != n || got.Right < 0.99 || got.Last > got.First/2 {
			t.Errorf("%s workers: %+v", how.workers, got)
		}
	}
}
