package detection

// yolov5 reads rows of cx, cy, w, h, objectness and the classes, in pixels of
// the input.
type yolov5 struct{ classes int }

// fewQueries is more than any transformer asks, and less than any grid has.
const fewQueries = 1000

func matchYOLOv5(outputs []Port, said bool) Head {
	if len(outputs) != 1 && !said || len(outputs) == 0 || !outputs[0].fits(1, -1, -1) {
		return nil
	}
	rows, columns := outputs[0].Shape[1], outputs[0].Shape[2]
	if columns < 6 || !said && rows >= 0 && rows <= fewQueries {
		return nil
	}
	return yolov5{columns - 5}
}

func (yolov5) Name() string { return "yolov5" }

func (y yolov5) Traits() Traits {
	return Traits{Classes: y.classes, Score: 0.25, IoU: 0.45, Input: yoloInput}
}

func (y yolov5) Decode(outputs []Output, g Geometry, o Options) ([]Detection, error) {
	picked, err := pick(outputs, 0)
	if err != nil {
		return nil, err
	}
	out := picked[0]
	if err := out.sized(1, -1, y.classes+5); err != nil {
		return nil, err
	}
	var list []candidate
	for row := range out.Shape[1] {
		r := out.Data[row*(y.classes+5):][:y.classes+5]
		if float64(r[4]) <= o.Score {
			continue
		}
		box := centred(r[0], r[1], r[2], r[3])
		box.row = row
		var ok bool
		if list, ok = box.classify(list, r[5:], 1, float64(r[4]), &o); !ok {
			return nil, notANumber(out, row)
		}
	}
	return placed(suppress(list, o.iou(0.45), o.limit()), &g), nil
}

// centred makes a box of its centre and size.
func centred(cx, cy, w, h float32) candidate {
	x, y, halfW, halfH := float64(cx), float64(cy), float64(w)/2, float64(h)/2
	return candidate{x1: x - halfW, y1: y - halfH, x2: x + halfW, y2: y + halfH}
}

// classify appends c once for each class whose score, times factor, is high
// enough, or for the best class only. The scores are step apart. It is false
// where a number is none.
func (c candidate) classify(list []candidate, scores []float32, step int, factor float64, o *Options) (_ []candidate, ok bool) {
	if !o.MultiLabel {
		class := argmax(scores, step)
		scores = scores[class*step:][:1]
		c.class = class
	}
	for at := 0; at < len(scores); at += step {
		if c.score = float64(scores[at]) * factor; c.score <= o.Score {
			continue
		}
		if !c.finite() {
			return list, false
		}
		list = append(list, c)
		list[len(list)-1].class += at / step
	}
	return list, true
}

// argmax returns the place of the largest of the scores that are step apart,
// or of one that is no number.
func argmax(scores []float32, step int) int {
	best, top := 0, scores[0]
	for at := step; at < len(scores); at += step {
		if v := scores[at]; v > top || v != v {
			best, top = at/step, v
		}
		if top != top {
			break
		}
	}
	return best
}

// yolov8 reads columns of cx, cy, w, h and the classes, in pixels of the
// input.
type yolov8 struct{ classes int }

func matchYOLOv8(outputs []Port, said bool) Head {
	if len(outputs) != 1 && !said || len(outputs) == 0 || !outputs[0].fits(1, -1, -1) {
		return nil
	}
	rows, columns := outputs[0].Shape[1], outputs[0].Shape[2]
	if rows < 5 || !said && columns >= 0 && columns <= rows {
		return nil
	}
	return yolov8{rows - 4}
}

func (yolov8) Name() string { return "yolov8" }

func (y yolov8) Traits() Traits {
	return Traits{Classes: y.classes, Score: 0.25, IoU: 0.7, Input: yoloInput}
}

func (y yolov8) Decode(outputs []Output, g Geometry, o Options) ([]Detection, error) {
	picked, err := pick(outputs, 0)
	if err != nil {
		return nil, err
	}
	out := picked[0]
	if err := out.sized(1, y.classes+4, -1); err != nil {
		return nil, err
	}
	n := out.Shape[2]
	x, yy, w, h := out.Data[:n], out.Data[n:2*n], out.Data[2*n:3*n], out.Data[3*n:4*n]
	var list []candidate
	for _, at := range hits(out.Data[4*n:], n, o.Score) {
		box := centred(x[at], yy[at], w[at], h[at])
		box.row = at
		var ok bool
		if list, ok = box.classify(list, out.Data[4*n+at:], n, 1, &o); !ok {
			return nil, notANumber(out, at)
		}
	}
	return placed(suppress(list, o.iou(0.7), o.limit()), &g), nil
}

// hits returns the columns in which a score is above the least, or is no
// number. It goes through memory in its order, which is what takes the time.
func hits(scores []float32, n int, least float64) []int {
	above := make([]bool, n)
	bound := float32(least)
	for len(scores) >= n && n > 0 {
		for i, v := range scores[:n] {
			if !(v <= bound) {
				above[i] = true
			}
		}
		scores = scores[n:]
	}
	var at []int
	for i, hit := range above {
		if hit {
			at = append(at, i)
		}
	}
	return at
}

// endToEnd reads rows of x1, y1, x2, y2, score and class, in pixels of the
// input, of which nothing has to be suppressed.
type endToEnd struct{}

func matchEndToEnd(outputs []Port, said bool) Head {
	if len(outputs) != 1 || !outputs[0].fits(1, -1, 6) || outputs[0].Shape[2] != 6 {
		return nil
	}
	if rows := outputs[0].Shape[1]; rows > fewQueries && !said {
		return nil
	}
	return endToEnd{}
}

func (endToEnd) Name() string { return "yolo-e2e" }

func (endToEnd) Traits() Traits { return Traits{Score: 0.25, Input: yoloInput} }

func (endToEnd) Decode(outputs []Output, g Geometry, o Options) ([]Detection, error) {
	picked, err := pick(outputs, 0)
	if err != nil {
		return nil, err
	}
	out := picked[0]
	if err := out.sized(1, -1, 6); err != nil {
		return nil, err
	}
	var list []candidate
	for row := range out.Shape[1] {
		r := out.Data[row*6:][:6]
		c := candidate{x1: float64(r[0]), y1: float64(r[1]), x2: float64(r[2]), y2: float64(r[3]), score: float64(r[4]), row: row}
		if c.score <= o.Score {
			continue
		}
		if c.class, err = classOf(out, row, r[5]); err != nil {
			return nil, err
		}
		if !c.finite() {
			return nil, notANumber(out, row)
		}
		list = append(list, c)
	}
	return placed(best(list, o.limit()), &g), nil
}
