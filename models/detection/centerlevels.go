package detection

// centerLevels reads the same where the points of several heat maps lie behind each
// other: scores [1,C,N], in which only peaks are above 0, and the corners of boxes
// [1,4,N] in pixels of the input. That is how datum's own detectors are exported. One
// thing may be a peak in two levels, so that boxes are suppressed.
type centerLevels struct{ heat, boxes, classes int }

func matchCenterLevels(outputs []Port, heat int) Head {
	h := centerLevels{heat: heat, boxes: find(outputs, "boxes")}
	if h.boxes < 0 || !outputs[heat].fits(1, -1, -1) || !outputs[h.boxes].fits(1, 4, -1) {
		return nil
	}
	scores, boxes := outputs[heat].Shape, outputs[h.boxes].Shape
	if h.classes = scores[1]; h.classes < 1 || scores[2] >= 0 && boxes[2] >= 0 && scores[2] != boxes[2] {
		return nil
	}
	return h
}

func (centerLevels) Name() string { return "centernet" }

func (c centerLevels) Traits() Traits {
	return Traits{Classes: c.classes, Score: 0.3, IoU: 0.6, Input: Input{Resize: Stretch, Scale: [3]float32{255, 255, 255}}}
}

func (c centerLevels) Decode(outputs []Output, g Geometry, o Options) ([]Detection, error) {
	picked, err := pick(outputs, c.heat, c.boxes)
	if err != nil {
		return nil, err
	}
	heat, boxes := picked[0], picked[1]
	if err := heat.sized(1, c.classes, -1); err != nil {
		return nil, err
	}
	points := heat.Shape[2]
	if err := boxes.sized(1, 4, points); err != nil {
		return nil, err
	}
	var list []candidate
	for class := range c.classes {
		for at, v := range heat.Data[class*points:][:points] {
			if float64(v) <= o.Score {
				continue
			}
			value := func(channel int) float64 { return float64(boxes.Data[channel*points+at]) }
			box := candidate{x1: value(0), y1: value(1), x2: value(2), y2: value(3), score: float64(v), class: class, row: at}
			if !box.finite() {
				return nil, notANumber(boxes, at)
			}
			list = append(list, box)
		}
	}
	return placed(suppress(list, o.iou(c.Traits().IoU), o.limit()), &g), nil
}
