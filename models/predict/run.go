package predict

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"

	"datum/dataset"
	"datum/formats"
	"datum/internal/workers"
	"datum/models/classification"
	"datum/models/detection"
	"datum/openvino"
	"datum/train/loader"
)

// Result is what a model said of a picture.
type Result struct {
	Item          dataset.Item
	Width, Height int // of the picture
	// Detections are those of a detector, Classes those of a classifier, the
	// most likely first.
	Detections []detection.Detection
	Classes    []classification.Scored
	// Scores are those of all classes, as a classifier puts them out.
	Scores []float32
}

// Run runs the model over the samples, which it releases. The results come in
// the order of the samples; a picture that is left out has none.
func (p *Predictor) Run(ctx context.Context, samples iter.Seq2[*loader.Sample, error]) iter.Seq2[*Result, error] {
	results := workers.Map(ctx, p.Requests(), samples, func(s *loader.Sample) (*Result, error) {
		defer s.Release()
		r, err := p.one(ctx, s)
		if err != nil && ctx.Err() == nil {
			return nil, p.unusable(&s.Item, err)
		}
		return r, err
	})
	return func(yield func(*Result, error) bool) {
		for r, err := range results {
			if r == nil && err == nil {
				continue // it was skipped
			}
			if !yield(r, err) {
				return
			}
		}
	}
}

// unusable decides about a picture of which the model makes nothing: nil where it
// is left out and was counted. Whatever is wrong with the model itself is wrong
// for every picture and ends the run.
func (p *Predictor) unusable(it *dataset.Item, err error) error {
	named := fmt.Errorf("item %s of %s: %w", it.ID, it.Subset, err)
	if errors.Is(err, detection.ErrValue) || errors.Is(err, classification.ErrOutput) {
		reading := formats.ImportOptions{Skip: p.options.Skip}
		if reading.Bad(formats.Reason(formats.ErrCorrupt, "%w", named)) == nil {
			return nil
		}
	}
	return named
}

// one runs the model over one sample.
func (p *Predictor) one(ctx context.Context, s *loader.Sample) (*Result, error) {
	request := <-p.requests
	defer func() { p.requests <- request }()
	geometry, err := p.fill(request, s)
	if err != nil {
		return nil, err
	}
	if err := request.Infer(ctx); err != nil {
		return nil, err
	}
	outputs := make([]detection.Output, len(p.names))
	for i, name := range p.names {
		t, err := request.Output(i)
		if err != nil {
			return nil, err
		}
		outputs[i] = detection.Output{Name: name, Shape: t.Shape(), Data: t.Float32s()}
	}
	r := &Result{Item: s.Item, Width: s.SourceWidth, Height: s.SourceHeight}
	if p.Task == Classification {
		r.Scores = slices.Clone(outputs[0].Data)
		r.Classes, err = classification.Top(r.Scores, topClasses)
		return r, err
	}
	o := detection.Options{Score: p.options.Score, IoU: p.options.IoU, Max: p.options.Max, MultiLabel: p.options.MultiLabel}
	r.Detections, err = p.Head.Decode(outputs, geometry, o)
	return r, err
}

// fill puts a sample into the inputs of a request, and says where the picture
// lies.
func (p *Predictor) fill(request *openvino.Request, s *loader.Sample) (detection.Geometry, error) {
	g := detection.Geometry{
		InputWidth: s.Width, InputHeight: s.Height, Width: s.SourceWidth, Height: s.SourceHeight,
		ScaleX: s.ScaleX, ScaleY: s.ScaleY, OffsetX: s.OffsetX, OffsetY: s.OffsetY,
	}
	t, err := request.Input(p.picture)
	if err != nil {
		return g, err
	}
	if p.Width == 0 {
		if err := t.SetShape(1, s.Height, s.Width, 3); err != nil {
			return g, err
		}
	}
	pixels := t.Uint8s()
	if len(pixels) != len(s.Pixels) {
		return g, fmt.Errorf("%w: its input has %d bytes, and a picture %d", ErrModel, len(pixels), len(s.Pixels))
	}
	if p.Input.Resize == detection.LetterboxCorner {
		toCorner(pixels, s, p.Input.Pad)
		g.OffsetX, g.OffsetY = 0, 0
	} else {
		copy(pixels, s.Pixels)
	}
	if p.sizes < 0 {
		return g, nil
	}
	return g, p.fillSize(request, s)
}

// fillSize gives the model the size that its boxes are to be in: that of its
// input, since the way back to the picture is known here.
func (p *Predictor) fillSize(request *openvino.Request, s *loader.Sample) error {
	t, err := request.Input(p.sizes)
	if err != nil {
		return err
	}
	if t.Element() == openvino.I64 {
		copy(t.Int64s(), []int64{int64(s.Width), int64(s.Height)})
	} else {
		copy(t.Float32s(), []float32{float32(s.Width), float32(s.Height)})
	}
	return nil
}

// toCorner copies a picture that lies in the middle of a letterbox into the top
// left corner of pixels.
func toCorner(pixels []byte, s *loader.Sample, pad uint8) {
	x, y := int(s.OffsetX), int(s.OffsetY)
	width, height := s.Width-2*x, s.Height-2*y
	// Bars of odd width are wider by one on the other side; the picture is as
	// large as the scale says.
	width = min(width, int(float64(s.SourceWidth)*s.ScaleX+0.5))
	height = min(height, int(float64(s.SourceHeight)*s.ScaleY+0.5))
	for row := range s.Height {
		to := pixels[row*s.Width*3:][:s.Width*3]
		n := 0
		if row < height {
			n = copy(to, s.Pixels[((row+y)*s.Width+x)*3:][:width*3])
		}
		rest := to[n:]
		for i := range rest {
			rest[i] = pad
		}
	}
}
