// Package cocogen makes COCO datasets for tests, demos and measurements: real
// small pictures with shapes drawn on them, and annotations that say where the
// shapes are. It uses everything that the format has (several parts, crowds in
// both run-length codes, keypoints, captions, licences, categories with holes
// in their ids, unknown members, areas with odd decimals, annotations in no
// particular order), so that a round trip which loses any of it is noticed.
//
// The same options give the same bytes.
package cocogen

import (
	"fmt"
	"image"
	"image/jpeg"
	"image/png"
	"math/rand/v2"
	"os"
	"path"
	"path/filepath"
	"strings"
)

// Options say what to make. The zero value of a field stands for its default.
type Options struct {
	// Images is the number of pictures in all, 12 by default.
	Images int
	// Seed chooses among the datasets.
	Seed uint64
	// Width and Height of the pictures in pixels, 160 × 120 by default and 32
	// at least.
	Width, Height int
	// Subsets are the names of the subsets, "train" and "val" by default. The
	// first gets three quarters of the pictures, the others share the rest.
	Subsets []string
}

func (o *Options) fill() error {
	if o.Images == 0 {
		o.Images = 12
	}
	if o.Width == 0 {
		o.Width = 160
	}
	if o.Height == 0 {
		o.Height = 120
	}
	if len(o.Subsets) == 0 {
		o.Subsets = []string{"train", "val"}
	}
	if o.Images < 0 || o.Width < 32 || o.Height < 32 {
		return fmt.Errorf("%d images of %d × %d: want none or more, of 32 × 32 or more", o.Images, o.Width, o.Height)
	}
	for _, s := range o.Subsets {
		if s == "" || strings.ContainsAny(s, `/\`) {
			return fmt.Errorf("subset %q is no file name", s)
		}
	}
	return nil
}

// Write makes a dataset in the folder dir, which is created where it is
// missing: annotations/<task>_<subset>.json and images/<subset>/.
func Write(dir string, o Options) error {
	if err := o.fill(); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "annotations"), 0o777); err != nil {
		return err
	}
	g := &generator{o: o, dir: dir, rnd: rand.New(rand.NewPCG(o.Seed, 0xc0c0))}
	for i, name := range o.Subsets {
		if err := g.subset(name, g.share(i)); err != nil {
			return err
		}
	}
	return nil
}

type generator struct {
	o     Options
	dir   string
	rnd   *rand.Rand
	image int64 // the last image id
	ann   int64 // the last annotation id
}

// share is the number of pictures of a subset.
func (g *generator) share(subset int) int {
	n := len(g.o.Subsets)
	if n == 1 {
		return g.o.Images
	}
	rest := g.o.Images / 4
	if subset == 0 {
		return g.o.Images - rest
	}
	part := rest / (n - 1)
	if subset == n-1 {
		part = rest - part*(n-2)
	}
	return part
}

func (g *generator) subset(name string, images int) error {
	var r records
	for i := range images {
		if err := g.addImage(&r, name, i); err != nil {
			return err
		}
	}
	g.rnd.Shuffle(len(r.instances), func(i, k int) { r.instances[i], r.instances[k] = r.instances[k], r.instances[i] })
	return r.write(filepath.Join(g.dir, "annotations"), name)
}

// addImage draws a picture and notes what is on it.
func (g *generator) addImage(r *records, subset string, i int) error {
	g.image += 1 + g.rnd.Int64N(40)
	name := fmt.Sprintf("%012d.jpg", g.image)
	switch {
	case i%6 == 4:
		name = fmt.Sprintf("night shift/größe_%d.png", g.image)
	case i%3 == 2:
		name = fmt.Sprintf("%012d.png", g.image)
	}
	r.addImage(g.image, name, g.o.Width, g.o.Height, g.rnd)
	s := newScene(g.rnd, g.o.Width, g.o.Height)
	if i%8 == 7 { // a picture with nothing on it
		return g.save(path.Join("images", subset, name), s.picture)
	}
	for range 1 + g.rnd.IntN(7) {
		g.ann += 1 + g.rnd.Int64N(900)
		r.addShape(g.ann, g.image, s.draw())
	}
	if g.rnd.IntN(4) == 0 {
		g.ann++
		r.addCrowd(g.ann, g.image, s.crowd(), g.rnd.IntN(2) == 0)
	}
	for range 1 + g.rnd.IntN(2) {
		g.ann++
		r.addCaption(g.ann, g.image, g.rnd)
	}
	return g.save(path.Join("images", subset, name), s.picture)
}

func (g *generator) save(name string, m image.Image) (err error) {
	p := filepath.Join(g.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(p), 0o777); err != nil {
		return err
	}
	f, err := os.Create(p)
	if err != nil {
		return err
	}
	if path.Ext(name) == ".png" {
		err = png.Encode(f, m)
	} else {
		err = jpeg.Encode(f, m, &jpeg.Options{Quality: 80})
	}
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
