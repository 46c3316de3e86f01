package commands

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"os"
	"path"
	"strings"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/atomicdir"
	"datum/internal/draw"
	"datum/internal/rgb"
	"datum/internal/workers"
	"datum/models/metadata"
	"datum/models/predict"
	"datum/train/loader"
)

// draw draws what a model finds on the pictures of a dataset.
func (a *app) draw(ctx context.Context, c *cli.Command, folder string) error {
	if err := atomicdir.Check(folder, false); err != nil {
		return drawTarget(folder, err)
	}
	m, o, f, err := a.modelInput(ctx, c)
	if err != nil {
		return err
	}
	defer m.Close()
	defer f.Close()
	if m.Encrypted && !c.Bool("allow-plaintext") {
		return plaintextRefused(m.Path(), "-f "+encryptedFormat+" writes what was found encrypted")
	}
	ds, err := m.Open(ctx, o.ImportOptions)
	if err != nil {
		return err
	}
	defer ds.Close()
	r, err := a.ready(ctx, c, f, func(p *predict.Options, about *metadata.Metadata) {
		scoreOf(c, p, about)
		p.Skip = o.Skip
	})
	if err != nil {
		return err
	}
	defer r.Close()
	stage, err := atomicdir.Stage(folder, false)
	if err != nil {
		return drawTarget(folder, err)
	}
	defer stage.Abort()
	done := drawn{Path: ds.Path(), Model: r.path, Output: folder}
	if err := a.drawAll(ctx, c, ds, r, o, stage.Path(), &done); err != nil {
		return err
	}
	if err := stage.Commit(ctx); err != nil {
		return err
	}
	if err := a.Result(done); err != nil {
		return err
	}
	return a.skipped(o.Skip)
}

func drawTarget(folder string, err error) error {
	switch {
	case errors.Is(err, atomicdir.ErrExists):
		return formats.WithHint(formats.Reason(formats.ErrExists, "%s exists already", folder), "name a folder that does not exist")
	case errors.Is(err, atomicdir.ErrLocked):
		return formats.Reason(formats.ErrExists, "%s: another process is writing it", folder)
	}
	return err
}

// picture is one that was drawn on.
type picture struct {
	name    string
	jpeg    []byte
	objects int
}

// drawAll draws on all pictures, on all cores, and writes them in their order.
func (a *app) drawAll(ctx context.Context, c *cli.Command, ds *datum.Dataset, r *runner, o datum.Options, folder string, done *drawn) error {
	root, err := os.OpenRoot(folder)
	if err != nil {
		return err
	}
	defer root.Close()
	load := a.loading(c, o)
	d := drawing{runner: r, limits: o.Limits, decoder: &rgb.Decoder{Limits: o.Limits, Turbo: rgb.Turbo(load.Turbo)}, names: r.names(), used: map[string]bool{}}
	_, labels, matched := withClasses(ds.Info().Categories, r)
	d.label = func(class int) string {
		if name, ok := d.names[class]; ok {
			return name
		}
		if label, ok := labels[class]; ok && matched != nil {
			return ds.Info().Categories.Name(label)
		}
		return fmt.Sprintf("class %d", class)
	}
	meter := a.Meter("drawing", itemsOf(ds.Info(), load.Subset))
	defer meter.Done()
	results := r.Run(ctx, loader.Samples(ctx, ds, r.Loading(load)))
	for p, err := range workers.Map(ctx, workers.Count(o.Workers), results, d.draw) {
		if err != nil {
			return err
		}
		if err := d.write(root, p); err != nil {
			return err
		}
		done.Images++
		done.Objects += p.objects
		meter.Set(done.Images)
	}
	return nil
}

// drawing makes pictures of results.
type drawing struct {
	runner  *runner
	limits  files.Limits
	decoder *rgb.Decoder
	names   map[int]string
	label   func(class int) string
	used    map[string]bool // names of files
}

func (d *drawing) draw(r *predict.Result) (*picture, error) {
	boxes := make([]draw.Box, 0, len(r.Detections))
	for i := len(r.Detections) - 1; i >= 0; i-- { // the best lie on top
		f := &r.Detections[i]
		boxes = append(boxes, draw.Box{X: f.X, Y: f.Y, W: f.W, H: f.H, Class: f.Class, Points: f.Points, Label: fmt.Sprintf("%s %.2f", d.label(f.Class), f.Score)})
	}
	p := &picture{name: r.Item.Subset + "/" + r.Item.ID, objects: len(boxes)}
	if top, ok := d.runner.answer(r); ok {
		p.objects = 1
		boxes = append(boxes, draw.Box{W: float64(r.Width), H: float64(r.Height), Class: top.Class, Label: fmt.Sprintf("%s %.2f", d.label(top.Class), top.Probability)})
	}
	pixels, err := d.decode(&r.Item)
	if err != nil {
		return nil, fmt.Errorf("item %s of %s: %w", r.Item.ID, r.Item.Subset, err)
	}
	var b bytes.Buffer
	const quality = 92
	err = jpeg.Encode(&b, draw.Boxes(pixels.Pix, pixels.Width, pixels.Height, boxes), &jpeg.Options{Quality: quality})
	p.jpeg = b.Bytes()
	return p, err
}

// decode reads the picture once more, in its own size.
func (d *drawing) decode(it *dataset.Item) (*rgb.Picture, error) {
	in, err := it.Media.Main().Open()
	if err != nil {
		return nil, err
	}
	defer in.Close()
	file, err := io.ReadAll(in)
	if err != nil {
		return nil, err
	}
	var request rgb.Request
	if img, ok := it.Media.(*dataset.Image); ok {
		request.Width, request.Height = int(img.Width), int(img.Height)
	}
	var pixels, spare rgb.Picture
	_, err = d.decoder.Decode(&pixels, &spare, file, request)
	return &pixels, err
}

// write writes a picture below root, out of which no name leads. Two items of one
// name are told apart by a number.
func (d *drawing) write(root *os.Root, p *picture) error {
	name := path.Clean(p.name)
	if strings.Contains(name, "\\") || !path.IsAbs("/"+name) || strings.HasPrefix(name, "..") || path.IsAbs(name) {
		return formats.Reason(formats.ErrCorrupt, "the name %q leads out of the folder", p.name)
	}
	free := name + ".jpg"
	for n := 2; d.used[free]; n++ {
		free = fmt.Sprintf("%s~%d.jpg", name, n)
	}
	d.used[free] = true
	if dir := path.Dir(free); dir != "." {
		if err := root.MkdirAll(dir, 0o777); err != nil {
			return err
		}
	}
	return root.WriteFile(free, p.jpeg, 0o666)
}

// drawn is what was drawn.
type drawn struct {
	Path    string `json:"path"`
	Model   string `json:"model"`
	Output  string `json:"output"`
	Images  int    `json:"images"`
	Objects int    `json:"objects"`
}

func (drawn) Kind() string { return "drawing" }

func (d drawn) Text(w io.Writer) {
	fmt.Fprintf(w, "drew %d objects on %d pictures in %s\n", d.Objects, d.Images, d.Output)
}
