package binary_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"datum/crypto/key"
	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/binary"
)

// Writing an encrypted dataset of one item, and checking all of it.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	k, err := key.New()
	if err != nil {
		log.Fatal(err)
	}
	defer k.Destroy()

	ex, err := binary.Format().Export(ctx, dir, formats.ExportOptions{Key: k})
	if err != nil {
		log.Fatal(err)
	}
	defer ex.Abort()
	info := &dataset.Info{MediaKind: dataset.MediaImage, Categories: dataset.Categories{
		Labels: &dataset.LabelCategories{Labels: []dataset.LabelCategory{{Name: "cat"}}},
	}}
	if err := ex.Begin(info); err != nil {
		log.Fatal(err)
	}
	box := &dataset.Bbox{Base: dataset.Base{ObjectID: dataset.NoObject}, X: 1, Y: 2, W: 30, H: 40}
	if err := ex.Write(dataset.Item{ID: "tom", Subset: "train", Annotations: []dataset.Annotation{box}}); err != nil {
		log.Fatal(err)
	}
	if _, err := ex.Close(); err != nil {
		log.Fatal(err)
	}

	folder, err := files.OpenFolder(dir)
	if err != nil {
		log.Fatal(err)
	}
	defer folder.Close()
	r, err := binary.Verify(ctx, folder, formats.ImportOptions{Key: k}, nil)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(r.Items, "item,", r.Annotations, "annotation, manifest:", r.Manifest)
	s, err := binary.Inspect(folder)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("without the key: encrypted", s.Encrypted, "subset", s.Subsets[0].Name)
	// Output:
	// 1 item, 1 annotation, manifest: true
	// without the key: encrypted true subset train
}
