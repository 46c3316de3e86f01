package detection

// labelled reads boxes as x1, y1, x2, y2 in pixels of the input, their labels,
// and their scores, which are the fifth number of a box or an output of their
// own. The outputs may or may not have a dimension for the batch.
type labelled struct{ boxes, labels, scores int }

func matchLabelled(outputs []Port, _ bool) Head {
	h := labelled{
		boxes:  find(outputs, "boxes", "dets", "bboxes"),
		labels: find(outputs, "labels"),
		scores: find(outputs, "scores"),
	}
	if h.boxes < 0 || h.labels < 0 {
		return nil
	}
	columns := 5
	if h.scores >= 0 {
		columns = 4
	}
	b, l := &outputs[h.boxes], &outputs[h.labels]
	if b.fits(-1, -1, columns) && l.fits(-1, -1) || b.fits(-1, columns) && l.fits(-1) {
		return h
	}
	return nil
}

func (labelled) Name() string { return "boxes" }

func (labelled) Traits() Traits {
	return Traits{Score: 0.3, Input: Input{Resize: Stretch, Scale: unscaled}}
}

// unbatched drops the first dimension where there is one more than expected.
func unbatched(o *Output, dims int) *Output {
	if len(o.Shape) == dims+1 && o.Shape[0] == 1 {
		return &Output{o.Name, o.Shape[1:], o.Data}
	}
	return o
}

// rows returns boxes, labels and scores without batch, checked against each
// other; scores are nil where they are in the boxes.
func (l labelled) rows(outputs []Output) (boxes, labels, scores *Output, err error) {
	picked, err := pick(outputs, l.boxes, l.labels, max(l.scores, 0))
	if err != nil {
		return nil, nil, nil, err
	}
	boxes, labels = unbatched(picked[0], 2), unbatched(picked[1], 1)
	columns := 5
	if l.scores >= 0 {
		columns, scores = 4, unbatched(picked[2], 1)
	}
	if err := boxes.sized(-1, columns); err != nil {
		return nil, nil, nil, err
	}
	if err := labels.sized(boxes.Shape[0]); err != nil {
		return nil, nil, nil, err
	}
	if scores != nil {
		err = scores.sized(boxes.Shape[0])
	}
	return boxes, labels, scores, err
}

func (l labelled) Decode(outputs []Output, g Geometry, o Options) ([]Detection, error) {
	boxes, labels, scores, err := l.rows(outputs)
	if err != nil {
		return nil, err
	}
	var list []candidate
	for row := range boxes.Shape[0] {
		b := boxes.Data[row*boxes.Shape[1]:][:boxes.Shape[1]]
		c := candidate{x1: float64(b[0]), y1: float64(b[1]), x2: float64(b[2]), y2: float64(b[3]), row: row}
		if scores != nil {
			c.score = float64(scores.Data[row])
		} else {
			c.score = float64(b[4])
		}
		if c.score <= o.Score {
			continue
		}
		if c.class, err = classOf(labels, row, labels.Data[row]); err != nil {
			return nil, err
		}
		if !c.finite() {
			return nil, notANumber(boxes, row)
		}
		list = append(list, c)
	}
	return placed(best(list, o.limit()), &g), nil
}
