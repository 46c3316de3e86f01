// Command fuzzcorpus keeps what fuzzing has found worth keeping in one file of
// the repository, testdata/fuzzcorpus.tar.gz: inputs that reach code which no other
// reaches. Fuzzing starts from them, on any machine.
//
//	go run ./internal/fuzzcorpus unpack   before fuzzing: into Go's build cache, where "go test -fuzz" looks
//	go run ./internal/fuzzcorpus pack     after a long run: back into the file
//
// An input that makes a test fail does not go here: "go test" writes it beside
// the test, in testdata/fuzz, and from then on every run of the tests tries it.
package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

const (
	packed = "testdata/fuzzcorpus.tar.gz"
	module = "datum"
	// Larger inputs are mostly the same again, only longer.
	maxInput = 2 << 10
	// Of each target as many are kept, the smallest.
	maxInputs = 100
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "fuzzcorpus:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 1 {
		return errors.New("usage: fuzzcorpus pack|unpack")
	}
	out, err := exec.Command("go", "env", "GOCACHE").Output()
	if err != nil {
		return err
	}
	cache := filepath.Join(strings.TrimSpace(string(out)), "fuzz", module)
	switch args[0] {
	case "pack":
		return pack(cache)
	case "unpack":
		return unpack(cache)
	}
	return fmt.Errorf("unknown command %q", args[0])
}

// unpack adds the inputs of the file to the cache.
func unpack(cache string) error {
	f, err := os.Open(packed)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return err
	}
	root, err := openRoot(cache)
	if err != nil {
		return err
	}
	defer root.Close()
	for r := tar.NewReader(z); ; {
		h, err := r.Next()
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = extract(root, h.Name, r)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", packed, err)
		}
	}
}

func openRoot(dir string) (*os.Root, error) {
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	return os.OpenRoot(dir)
}

func extract(root *os.Root, name string, r io.Reader) error {
	if _, err := root.Stat(name); err == nil {
		return nil
	}
	data, err := io.ReadAll(r)
	if err != nil {
		return err
	}
	if err := root.MkdirAll(path.Dir(name), 0o777); err != nil {
		return err
	}
	return root.WriteFile(name, data, 0o666)
}

// pack writes the file anew from the cache: the same inputs give the same bytes.
func pack(cache string) error {
	dirs, err := targets()
	if err != nil {
		return err
	}
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	w := tar.NewWriter(z)
	for _, dir := range dirs {
		inputs, err := smallest(filepath.Join(cache, filepath.FromSlash(dir)))
		if err != nil {
			return err
		}
		for _, in := range inputs {
			h := &tar.Header{Name: path.Join(dir, in.name), Mode: 0o644, Size: int64(len(in.data))}
			if err := w.WriteHeader(h); err != nil {
				return err
			}
			if _, err := w.Write(in.data); err != nil {
				return err
			}
		}
		fmt.Printf("%4d inputs of %s\n", len(inputs), dir)
	}
	if err := errors.Join(w.Close(), z.Close()); err != nil {
		return err
	}
	return os.WriteFile(packed, buf.Bytes(), 0o666)
}

var fuzzTarget = regexp.MustCompile(`(?m)^func (Fuzz\w+)\(`)

// targets lists the fuzz targets that there are, as "package/FuzzName", in
// order.
func targets() (found []string, err error) {
	err = filepath.WalkDir(".", func(name string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() || !strings.HasSuffix(name, "_test.go") {
			return err
		}
		text, err := os.ReadFile(name)
		for _, m := range fuzzTarget.FindAllSubmatch(text, -1) {
			found = append(found, path.Join(filepath.ToSlash(filepath.Dir(name)), string(m[1])))
		}
		return err
	})
	slices.Sort(found)
	return found, err
}

type input struct {
	name string
	data []byte
}

// smallest returns the inputs of a target in the cache, by name.
func smallest(dir string) ([]input, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var inputs []input
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		if len(data) <= maxInput {
			inputs = append(inputs, input{e.Name(), data})
		}
	}
	slices.SortStableFunc(inputs, func(a, b input) int { return len(a.data) - len(b.data) })
	inputs = inputs[:min(len(inputs), maxInputs)]
	slices.SortFunc(inputs, func(a, b input) int { return strings.Compare(a.name, b.name) })
	return inputs, nil
}
