package datum_test

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"
	"path/filepath"

	"datum"
	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
)

const sample = "testdata/coco/sample"

// encrypt writes the sample encrypted into a new folder.
func encrypt(ctx context.Context, k *key.Key) (folder string, remove func()) {
	dir, err := os.MkdirTemp("", "datum-example-")
	if err != nil {
		log.Fatal(err)
	}
	ds, err := datum.Open(ctx, sample, datum.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer ds.Close()
	folder = filepath.Join(dir, "encrypted")
	o := datum.ExportOptions{ExportOptions: formats.ExportOptions{Key: k, SaveMedia: true}}
	if _, err := datum.Export(ctx, ds, folder, "datumaro_binary", o); err != nil {
		log.Fatal(err)
	}
	return folder, func() { os.RemoveAll(dir) }
}

// Encrypt a COCO dataset, pictures and all, under a new key.
func ExampleExport() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "datum-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)

	ds, err := datum.Open(ctx, sample, datum.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer ds.Close()
	res, err := datum.Export(ctx, ds, filepath.Join(dir, "encrypted"), "datumaro_binary", datum.ExportOptions{
		ExportOptions: formats.ExportOptions{SaveMedia: true},
		Encrypt:       true,
		KeyOut:        filepath.Join(dir, "my.key"),
	})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(ds.Format().Name, "→ datumaro_binary:", res.Items, "items,", res.Loss.Total(), "things lost")
	fmt.Println("the key is in", filepath.Base(res.KeyFile))
	// Output:
	// coco → datumaro_binary: 12 items, 0 things lost
	// the key is in my.key
}

// Decrypt a dataset into another format.
func ExampleExport_decrypt() {
	ctx := context.Background()
	k, err := key.New()
	if err != nil {
		log.Fatal(err)
	}
	encrypted, remove := encrypt(ctx, k)
	defer remove()

	ds, err := datum.Open(ctx, encrypted, datum.Options{ImportOptions: formats.ImportOptions{Key: k}})
	if err != nil {
		log.Fatal(err)
	}
	defer ds.Close()
	plain := filepath.Join(filepath.Dir(encrypted), "plain")
	res, err := datum.Export(ctx, ds, plain, "coco", datum.ExportOptions{ExportOptions: formats.ExportOptions{SaveMedia: true}})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Print(res.Items, " items decrypted")
	// Output: 12 items decrypted
}

// Iterate over an encrypted dataset. Nothing decrypted touches the disk.
func ExampleOpen() {
	ctx := context.Background()
	k, err := key.New()
	if err != nil {
		log.Fatal(err)
	}
	encrypted, remove := encrypt(ctx, k)
	defer remove()

	ds, err := datum.Open(ctx, encrypted, datum.Options{ImportOptions: formats.ImportOptions{Key: k}})
	if err != nil {
		log.Fatal(err)
	}
	defer ds.Close()
	categories := ds.Info().Categories
	for item, err := range ds.Items(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if item.Subset != "val" {
			continue
		}
		boxes := map[string]int{}
		for _, a := range item.Annotations {
			if b, ok := a.(*dataset.Bbox); ok {
				boxes[categories.Name(b.Label)]++
			}
		}
		picture, err := item.Media.Main().Open()
		if err != nil {
			log.Fatal(err)
		}
		size, err := io.Copy(io.Discard, picture)
		if err != nil {
			log.Fatal(err)
		}
		picture.Close()
		fmt.Println(item.ID, size, "bytes", boxes)
	}
	// Output:
	// 000000000183 2253 bytes map[car:1 hot dog:1 person:4]
	// 000000000217 1734 bytes map[car:1]
	// 000000000220 1876 bytes map[car:2 person:4]
}

// Ask what a folder holds and whether a key is needed.
func ExampleFind() {
	m, err := datum.Find(context.Background(), sample, datum.Options{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(m.Format.Name, m.Path(), m.Encrypted)
	// Output:
	// coco testdata/coco/sample false
}
