package detection

import "math"

// queries reads what transformers put out: for each query a box as cx, cy, w, h,
// fractions of the input, and the classes.
type queries struct {
	boxes, logits int // the same where one output has both
	classes       int
	// softmax says that the classes are logits of one choice, of which the
	// last is that there is nothing; otherwise each is by itself.
	softmax bool
	// scores says that the classes are scores and not logits.
	scores bool
}

// matchQueries finds the two outputs by their names or by their shapes.
func matchQueries(outputs []Port, said bool) (h queries, width int, ok bool) {
	h = queries{boxes: find(outputs, "pred_boxes", "boxes"), logits: find(outputs, "pred_logits", "logits", "scores")}
	if (h.boxes < 0 || h.logits < 0) && len(outputs) == 2 {
		h.boxes, h.logits = 0, 1
		if !outputs[0].fits(1, -1, 4) || outputs[0].Shape[2] != 4 {
			h.boxes, h.logits = 1, 0
		}
	}
	if h.boxes < 0 || h.logits < 0 {
		return h, 0, false
	}
	b, l := &outputs[h.boxes], &outputs[h.logits]
	if !b.fits(1, -1, 4) || !l.fits(1, b.Shape[1], -1) || l.Shape[2] < 1 || b.Shape[2] != 4 {
		return h, 0, false
	}
	return h, l.Shape[2], said || b.Shape[1] <= fewQueries
}

// manyQueries is how many RT-DETR and its like have; DETR has 100, and gives
// nothing a class of its own.
const manyQueries = 300

func matchDETR(outputs []Port, said bool) Head {
	h, width, ok := matchQueries(outputs, said)
	if !ok || width < 2 || !said && outputs[h.boxes].Shape[1] >= manyQueries {
		return nil
	}
	h.softmax, h.classes = true, width-1
	return h
}

func matchRTDETR(outputs []Port, said bool) Head {
	if h, width, ok := matchQueries(outputs, said); ok {
		h.classes = width
		return h
	}
	if len(outputs) != 1 || !outputs[0].fits(1, -1, -1) {
		return nil
	}
	rows, columns := outputs[0].Shape[1], outputs[0].Shape[2]
	if columns < 5 || !said && (rows < 0 || rows > fewQueries || columns == 6 || rows < columns) {
		return nil
	}
	return queries{classes: columns - 4, scores: true}
}

func (q queries) Name() string {
	if q.softmax {
		return "detr"
	}
	return "rtdetr"
}

func (q queries) Traits() Traits {
	in := Input{Resize: Stretch, Scale: [3]float32{255, 255, 255}}
	if q.softmax {
		in.Mean, in.Scale = imageNetMean, imageNetScale
	}
	return Traits{Classes: q.classes, Score: 0.5, Input: in}
}

// split returns boxes and classes of each query, and how far apart they are.
func (q queries) split(outputs []Output) (boxes, classes *Output, boxStep, classStep int, err error) {
	picked, err := pick(outputs, q.boxes, q.logits)
	if err != nil {
		return nil, nil, 0, 0, err
	}
	boxes, classes = picked[0], picked[1]
	if q.scores {
		err = boxes.sized(1, -1, q.classes+4)
		return boxes, classes, q.classes + 4, q.classes + 4, err
	}
	width := q.classes
	if q.softmax {
		width++
	}
	if err = boxes.sized(1, -1, 4); err == nil {
		err = classes.sized(1, boxes.Shape[1], width)
	}
	return boxes, classes, 4, width, err
}

func (q queries) Decode(outputs []Output, g Geometry, o Options) ([]Detection, error) {
	boxes, classes, boxStep, classStep, err := q.split(outputs)
	if err != nil {
		return nil, err
	}
	w, h := float64(g.InputWidth), float64(g.InputHeight)
	scores := make([]float32, q.classes)
	each := o
	each.MultiLabel = !q.softmax && (!q.scores || o.MultiLabel)
	var list []candidate
	for row := range boxes.Shape[1] {
		b := boxes.Data[row*boxStep:][:4]
		r := classes.Data[row*classStep:][:classStep]
		if q.scores {
			r = r[4:]
		}
		q.score(scores, r)
		c := centred(b[0], b[1], b[2], b[3])
		c.x1, c.x2, c.y1, c.y2, c.row = c.x1*w, c.x2*w, c.y1*h, c.y2*h, row
		var ok bool
		if list, ok = c.classify(list, scores, 1, 1, &each); !ok {
			return nil, notANumber(boxes, row)
		}
	}
	return placed(best(list, o.limit()), &g), nil
}

// score turns what the model says of a query's classes into scores.
func (q queries) score(scores, r []float32) {
	switch {
	case q.scores:
		copy(scores, r)
	case q.softmax:
		softmax(scores, r)
	default:
		for i := range scores {
			scores[i] = float32(sigmoid(float64(r[i])))
		}
	}
}

// softmax writes the first len(scores) of the probabilities of logits.
func softmax(scores, logits []float32) {
	top := logits[0]
	for _, v := range logits {
		top = max(top, v)
	}
	var sum float64
	for _, v := range logits {
		sum += math.Exp(float64(v - top))
	}
	for i := range scores {
		scores[i] = float32(math.Exp(float64(logits[i]-top)) / sum)
	}
}
