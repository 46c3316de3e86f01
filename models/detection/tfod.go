package detection

// tfod reads what TensorFlow's object detection puts out: boxes as y1, x1, y2,
// x2, fractions of the picture, their classes and scores, and often how many
// of them count.
type tfod struct{ boxes, classes, scores, count int }

func matchTFOD(outputs []Port, _ bool) Head {
	h := tfod{
		boxes:   find(outputs, "detection_boxes"),
		classes: find(outputs, "detection_classes"),
		scores:  find(outputs, "detection_scores"),
		count:   find(outputs, "num_detections"),
	}
	if h.boxes < 0 || h.classes < 0 || h.scores < 0 || !outputs[h.boxes].fits(-1, -1, 4) {
		return nil
	}
	return h
}

func (tfod) Name() string { return "tfod" }

func (tfod) Traits() Traits {
	return Traits{Background: true, Score: 0.3, Input: Input{Resize: Keep, Scale: unscaled}}
}

func (t tfod) Decode(outputs []Output, g Geometry, o Options) ([]Detection, error) {
	picked, err := pick(outputs, t.boxes, t.classes, t.scores)
	if err != nil {
		return nil, err
	}
	boxes, classes, scores := picked[0], picked[1], picked[2]
	if err := boxes.sized(1, -1, 4); err != nil {
		return nil, err
	}
	n := boxes.Shape[1]
	for _, out := range []*Output{classes, scores} {
		if err := out.sized(1, n); err != nil {
			return nil, err
		}
	}
	if t.count >= 0 && t.count < len(outputs) && len(outputs[t.count].Data) == 1 {
		if count := outputs[t.count].Data[0]; count >= 0 && float64(count) < float64(n) {
			n = int(count)
		}
	}
	w, h := float64(g.InputWidth), float64(g.InputHeight)
	var list []candidate
	for row := range n {
		if float64(scores.Data[row]) <= o.Score {
			continue
		}
		b := boxes.Data[row*4:][:4]
		c := candidate{score: float64(scores.Data[row]), row: row}
		c.y1, c.x1, c.y2, c.x2 = float64(b[0])*h, float64(b[1])*w, float64(b[2])*h, float64(b[3])*w
		if c.class, err = classOf(classes, row, classes.Data[row]); err != nil {
			return nil, err
		}
		if !c.finite() {
			return nil, notANumber(boxes, row)
		}
		list = append(list, c)
	}
	return placed(best(list, o.limit()), &g), nil
}
