package modelfile_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"datum/crypto/key"
	"datum/models/modelfile"
)

// A model is sealed, and used from there without ever lying on the disk in plain.
func Example() {
	ctx := context.Background()
	k, err := key.New()
	if err != nil {
		panic(err)
	}
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "tiny.sealed")

	f, err := modelfile.Open("../../testdata/models/tiny.xml", nil)
	if err != nil {
		panic(err)
	}
	defer f.Close()
	out, err := os.Create(path)
	if err != nil {
		panic(err)
	}
	defer out.Close()
	if err := f.Seal(ctx, out, k); err != nil {
		panic(err)
	}

	m, err := modelfile.Load(ctx, path, k)
	if err != nil {
		panic(err)
	}
	defer m.Close() // clears it
	// core.Read(m.Model, m.Weights) is what comes next.
	fmt.Println(m.Kind, len(m.Model), len(m.Weights), m.Sealed)
	// Output: ir 2635 32 true
}
