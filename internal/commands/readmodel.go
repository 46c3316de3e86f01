package commands

import (
	"context"
	"datum"
	"datum/formats"
	"datum/models/metadata"
	"datum/models/modelfile"
	"datum/openvino"
	"datum/openvino/install"
	"fmt"
	"os"

	"github.com/urfave/cli/v3"
)

// tensorFlow is the part of the runtime that reads frozen graphs.
const tensorFlow = "tensorflow"

// readModel brings a model into memory, looks whether it can be one, and gives it
// to the runtime, which copies it.
func (a *app) readModel(ctx context.Context, core *openvino.Core, f *modelfile.File) (*modelfile.Model, *openvino.Model, error) {
	if f.Kind == modelfile.Compiled {
		return nil, nil, &formats.Error{Path: f.Path, Err: formats.Reason(formats.ErrUsage, "it is compiled already, and cannot be given other inputs")}
	}
	if f.Kind == modelfile.Clicks {
		return nil, nil, formats.WithHint(&formats.Error{Path: f.Path, Err: formats.Reason(formats.ErrUsage, "it predicts clicks, and looks at no pictures")}, "datum eval ctr, benchmark ctr and export ctr are for it")
	}
	if f.Kind == modelfile.TensorFlow {
		if err := install.CheckFrontend(a.getenv, tensorFlow); err != nil {
			return nil, nil, err
		}
	}
	bytes, err := f.Load(ctx)
	if err != nil {
		return nil, nil, err
	}
	if err := bytes.Check(); err != nil {
		bytes.Close()
		return nil, nil, &formats.Error{Path: f.Path, Err: err}
	}
	var model *openvino.Model
	if f.Kind == modelfile.TensorFlow {
		model, err = core.ReadFrozen(bytes.Model)
	} else {
		model, err = core.Read(bytes.Model, bytes.Weights)
	}
	if err != nil {
		bytes.Close()
		return nil, nil, &formats.Error{Path: f.Path, Err: formats.Reason(formats.ErrUnknownFormat, "%w", err)}
	}
	return bytes, model, nil
}

// describe tells how the model is used.
func (a *app) describe(r *runner) {
	head := "softmax"
	if r.Head != nil {
		head = r.Head.Name()
	}
	size := "pictures of any size"
	if r.Width > 0 {
		size = fmt.Sprintf("pictures of %d x %d pixels (%s)", r.Width, r.Height, r.Input.Resize)
	}
	order := "RGB"
	if r.Input.BGR {
		order = "BGR"
	}
	a.Detail("%s: %s, outputs read as %s, %s, %s, less %v, over %v, %d inferences at a time", r.path, r.Task, head, size, order, r.Input.Mean, r.Input.Scale, r.Requests())
}

// modelInput finds the dataset that a model is run on, and opens the model: each
// with its key, which is checked before anything else is done.
func (a *app) modelInput(ctx context.Context, c *cli.Command) (m *datum.Found, o datum.Options, f *opened, err error) {
	if _, err = visionOptions(c); err != nil {
		return nil, o, nil, err
	}
	if m, o, err = a.findWithKey(ctx, c, a.keyOf); err != nil {
		return nil, o, nil, err
	}
	if f, err = a.openModel(c, o.Key); err != nil {
		m.Close()
		return nil, o, nil, err
	}
	if !m.Encrypted && f.Sealed {
		o.Key = nil // it was for the model
	}
	return m, o, f, nil
}

// readLabels reads the file of --labels.
func readLabels(c *cli.Command) (*metadata.LabelFile, error) {
	path := c.String("labels")
	if path == "" {
		return nil, nil
	}
	const largest = 16 << 20
	st, err := os.Stat(path)
	if err != nil {
		return nil, formats.Reason(formats.ErrUsage, "--labels: %w", err)
	}
	if !st.Mode().IsRegular() || st.Size() > largest {
		return nil, formats.Reason(formats.ErrUsage, "--labels: %s is no file of labels", path)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, formats.Reason(formats.ErrUsage, "--labels: %w", err)
	}
	f, err := metadata.ParseLabels(text)
	if err != nil {
		return nil, &formats.Error{Path: path, Err: err}
	}
	return f, nil
}
