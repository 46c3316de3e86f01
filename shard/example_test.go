package shard_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"datum"
	"datum/formats"
	"datum/shard"
)

// Two processes write a part each, here one after the other, and a third one
// merges them.
func Example() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "datum-example-")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	out := filepath.Join(dir, "voc")

	for _, text := range []string{"0/2", "1/2"} {
		part, err := shard.Parse(text, os.Getenv)
		if err != nil {
			log.Fatal(err)
		}
		if err := writePart(ctx, out, part); err != nil {
			log.Fatal(err)
		}
	}

	set, err := shard.Find(out + shard.Suffix)
	if err != nil {
		log.Fatal(err)
	}
	res, err := set.Merge(ctx, out, shard.MergeOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println("merged", set.Count, "parts,", res.Items, "items, as", res.Format)
	// Output:
	// part 0/2: 3 of 12 items
	// part 1/2: 9 of 12 items
	// merged 2 parts, 12 items, as voc
}

// writePart does what each process does.
func writePart(ctx context.Context, out string, part shard.Part) error {
	ds, err := datum.Open(ctx, "../testdata/coco/sample", datum.Options{})
	if err != nil {
		return err
	}
	defer ds.Close()
	o := shard.Options{ExportOptions: datum.ExportOptions{ExportOptions: formats.ExportOptions{SaveMedia: true}}}
	res, err := shard.Write(ctx, ds, out, "voc", part, o)
	if err != nil {
		return err
	}
	fmt.Printf("part %s: %d of %d items\n", part, res.Items, res.Total)
	return nil
}
