package yolo

import (
	"testing"

	"datum/formats"
	"datum/formats/formatstest"
)

func FuzzYAML(f *testing.F) {
	f.Add([]byte("path: .\ntrain: images\nval: [a, b]\nnames: {0: a, 2: b}\nkpt_shape: [1, 3]\nflip_idx: [0]\nkpt_names: {0: [x]}\nx: &y z\nw: *y\n"))
	f.Add([]byte("nc: 3\ntest:\nsplits: {names: images/names}\nnames: [a, 'b', \"c\"]\ntask: pose"))
	f.Add([]byte("&a [*a]"))
	f.Fuzz(func(t *testing.T, text []byte) {
		y, ok, err := parseYAML(text, func(string) bool { return true })
		if err != nil || !ok {
			return
		}
		for i, c := range y.classes {
			if c.id < 0 || i > 0 && c.id <= y.classes[i-1].id {
				t.Errorf("classes %v", y.classes)
			}
		}
	})
}

// FuzzDataset reads any data.yaml, obj.data, list and images.meta with the
// same files beside them.
func FuzzDataset(f *testing.F) {
	f.Add("train: images\nnames: [x]", "train = data/t.txt", "images/a.png\n", "\"a\" 1 2")
	f.Add("train: ../t.txt\nnc: 1", "names=../../etc/passwd\nvalid=/", "/\n../../x.jpg\n\\\\a\\b.png", "'b.jpg' 0 -1")
	f.Fuzz(func(t *testing.T, yaml, data, list, meta string) {
		dir := formatstest.Tree(t, map[string]string{
			"data.yaml": yaml, "obj.data": data, "t.txt": list, "images.meta": meta, "images/a.png": smallPicture, "labels/a.txt": "0 .5 .5 1 1",
		})
		for _, format := range Formats() {
			tryLoad(t, format, dir, formats.ImportOptions{Workers: 1})
		}
	})
}
