package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// dataVersion is raised when a generator writes other bytes than before.
const dataVersion = 1

// sizes are the numbers of pictures.
type sizes struct {
	name                           string
	large, pictures, plain, folder int
	// photos are for models.
	photos int
	// seconds is how long each figure of the encryption is measured.
	seconds float64
	// launches is how often the start of a program is measured.
	launches int
	// inference is for how many seconds a model runs alone.
	inference float64
	// training is for how many seconds steps are timed, epochs how often the digits are seen.
	training float64
	epochs   int
	// scattered is how many pictures have digits on them to learn from.
	scattered int
	// noisy is how many pictures of shapes have wrong annotations among them.
	noisy int
	// serving is for how many seconds a server is asked.
	serving float64
}

var (
	fullSizes  = sizes{name: "full", large: 40_000, pictures: 2_000, plain: 8_000, folder: 10_000, photos: 1_000, seconds: 0.3, launches: 20, inference: 10, training: 8, epochs: 3, scattered: 2_500, noisy: 3_000, serving: 6}
	quickSizes = sizes{name: "quick", large: 60, pictures: 12, plain: 40, folder: 30, photos: 6, seconds: 0.005, launches: 2, inference: 0.5, serving: 0.2}
)

const (
	// perImage is how many annotations each picture of a COCO dataset has.
	perImage = 7
	// more is how many times larger the datasets are that show how memory grows.
	more = 10
)

// generated are the datasets that come out of nothing.
func (s sizes) generated() map[string]func(dir string) error {
	coco := func(x cocoShape) func(string) error {
		return func(dir string) error { return makeCOCO(dir, x) }
	}
	return map[string]func(string) error{
		"coco":            coco(cocoShape{images: s.large, annotations: s.large * perImage}),
		"coco-10x":        coco(cocoShape{images: s.large * more, annotations: s.large * more * perImage}),
		"coco-10x-sparse": coco(cocoShape{images: s.large * more, annotations: s.large * perImage}),
		"coco-pictures":   coco(cocoShape{images: s.pictures, annotations: s.pictures * perImage, pictures: true}),
		"coco-plain":      coco(cocoShape{images: s.plain, annotations: s.plain * perImage}),
		"voc":             func(dir string) error { return makeVOC(dir, s.folder) },
		"yolo":            func(dir string) error { return makeYOLO(dir, s.folder) },
	}
}

// converted are the datasets that datum makes of others, anew for each build.
var converted = map[string]struct {
	from string
	args []string
}{
	"encrypted":            {"coco", []string{"--encryption"}},
	"encrypted-10x":        {"coco-10x", []string{"--encryption"}},
	"encrypted-10x-sparse": {"coco-10x-sparse", []string{"--encryption"}},
	"encrypted-pictures":   {"coco-pictures", []string{"--encryption", "--save-media"}},
	"binary":               {"coco-plain", nil},
	"encrypted-mnist":      {"mnist", []string{"--encryption", "--save-media"}},
	"encrypted-photos":     {"photos", []string{"--encryption", "--save-media"}},
}

// input returns the folder of a dataset, which it makes where it is missing.
func (b *bench) input(ctx context.Context, name string) (string, error) {
	c, ours := converted[name]
	dir := filepath.Join(b.root(), name)
	if ours {
		dir = filepath.Join(b.made(), name)
	}
	return b.folder(dir, func(part string) error {
		switch {
		case ours:
			return b.convertInput(ctx, c.from, part, c.args)
		case name == "mnist" || name == "scattered":
			archive, err := b.fetchMNIST(ctx)
			if err != nil {
				return err
			}
			if name == "mnist" {
				return b.job(ctx, "mnist", archive, part)
			}
			return b.job(ctx, "scattered", archive, filepath.Join(b.peers, "models"), part, strconv.Itoa(b.sizes.scattered), strconv.Itoa(b.sizes.scattered/5))
		case name == "photos":
			return b.job(ctx, "photos", filepath.Join(b.peers, "models"), part, strconv.Itoa(b.sizes.photos))
		}
		return b.job(ctx, "generate", b.sizes.name, name, part)
	})
}

// folder returns a folder, which fill makes where it is missing: half a folder never has
// its name.
func (b *bench) folder(dir string, fill func(part string) error) (string, error) {
	if _, err := os.Stat(dir); err == nil {
		return dir, nil
	}
	b.say("making %s", filepath.Base(dir))
	part := dir + ".part"
	if err := errors.Join(os.RemoveAll(part), os.MkdirAll(filepath.Dir(part), 0o777)); err != nil {
		return "", err
	}
	if err := fill(part); err != nil {
		return "", err
	}
	return dir, os.Rename(part, dir)
}

func (b *bench) convertInput(ctx context.Context, from, to string, args []string) error {
	source, err := b.input(ctx, from)
	if err != nil {
		return err
	}
	all := append([]string{"--quiet", "convert", "-i", source, "-o", to, "-f", "datumaro_binary"}, args...)
	if len(args) > 0 {
		all = append(all, "--key-file", b.key)
	}
	_, _, err = measure(ctx, b.datum, all...)
	return err
}

func (b *bench) root() string {
	return filepath.Join(b.data, fmt.Sprintf("%s-v%d", b.sizes.name, dataVersion))
}

// made is the folder of what this build of datum has made.
func (b *bench) made() string { return filepath.Join(b.root(), "made-by-"+b.build) }

// forget removes the datasets that other builds of datum have made.
func (b *bench) forget() error {
	old, err := filepath.Glob(filepath.Join(b.root(), "made-by-*"))
	for _, dir := range old {
		if !strings.HasSuffix(dir, "-"+b.build) {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}
	return err
}

// generate makes one of the generated datasets. It runs in a process of its
// own, which may be large.
func generate(size, name, dir string) error {
	s := fullSizes
	if size == quickSizes.name {
		s = quickSizes
	}
	makeIt, known := s.generated()[name]
	if !known {
		return fmt.Errorf("no dataset is called %q", name)
	}
	return errors.Join(os.MkdirAll(dir, 0o777), makeIt(dir))
}

// worker runs a part of this program in a process of its own and returns the
// figures that it prints.
func (b *bench) worker(ctx context.Context, args ...string) (map[string]float64, error) {
	x, err := b.measureWorker(ctx, args...)
	return x.Values, err
}

// job is worker for those that print none.
func (b *bench) job(ctx context.Context, args ...string) error {
	_, err := b.worker(ctx, args...)
	return err
}

// measureWorker is worker, with what the process took.
func (b *bench) measureWorker(ctx context.Context, args ...string) (record, error) {
	u, text, err := measure(ctx, b.self, append([]string{workerFlag}, args...)...)
	if err != nil {
		return record{}, err
	}
	x := record{usage: u}
	return x, json.Unmarshal(text, &x.Values)
}
