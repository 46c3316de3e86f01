package detection

// centerNet reads a heat map of scores for each class, in which a peak is a
// thing, and for each of its points a box: an output "boxes" with the corners
// in pixels of the input, "ltrb" with the distances from the centre of the
// point's cell, or CenterNet's own "wh" and, where there is one, "reg", in
// cells.
type centerNet struct {
	heat, boxes, offset int
	form                boxForm
	classes             int
}

// boxForm is how a heat map's boxes are written.
type boxForm int

const (
	corners boxForm = iota
	distances
	sizes
)

func matchCenterNet(outputs []Port, _ bool) Head {
	h := centerNet{heat: find(outputs, "heatmap", "hm"), offset: find(outputs, "reg", "offset")}
	if h.heat >= 0 && len(outputs[h.heat].Shape) == 3 {
		return matchCenterLevels(outputs, h.heat)
	}
	if h.heat < 0 || !outputs[h.heat].fits(1, -1, -1, -1) || outputs[h.heat].Shape[1] < 1 {
		return nil
	}
	h.classes = outputs[h.heat].Shape[1]
	forms := []struct {
		form     boxForm
		channels int
		names    []string
	}{
		{corners, 4, []string{"boxes"}}, {distances, 4, []string{"ltrb", "distances"}}, {sizes, 2, []string{"wh"}},
	}
	for _, f := range forms {
		at := find(outputs, f.names...)
		if at >= 0 && outputs[at].fits(1, f.channels, -1, -1) {
			h.boxes, h.form = at, f.form
			return h
		}
	}
	return nil
}

func (centerNet) Name() string { return "centernet" }

func (c centerNet) Traits() Traits {
	return Traits{Classes: c.classes, Score: 0.3, Input: Input{Resize: Stretch, Scale: [3]float32{255, 255, 255}}}
}

func (c centerNet) Decode(outputs []Output, g Geometry, o Options) ([]Detection, error) {
	picked, err := pick(outputs, c.heat, c.boxes, max(c.offset, 0))
	if err != nil {
		return nil, err
	}
	heat, boxes, offset := picked[0], picked[1], picked[2]
	if err := heat.sized(1, c.classes, -1, -1); err != nil {
		return nil, err
	}
	rows, columns := heat.Shape[2], heat.Shape[3]
	channels := 4
	if c.form == sizes {
		channels = 2
	}
	if err := boxes.sized(1, channels, rows, columns); err != nil {
		return nil, err
	}
	if c.form != sizes || c.offset < 0 {
		offset = nil
	} else if err := offset.sized(1, 2, rows, columns); err != nil {
		return nil, err
	}
	cell := [2]float64{float64(g.InputWidth) / float64(columns), float64(g.InputHeight) / float64(rows)}
	var list []candidate
	for class := range c.classes {
		plane := heat.Data[class*rows*columns:][:rows*columns]
		for at, v := range plane {
			if float64(v) <= o.Score || !peak(plane, at, rows, columns) {
				continue
			}
			box := c.box(boxes, offset, at, columns, cell)
			box.score, box.class, box.row = float64(v), class, at
			if !box.finite() {
				return nil, notANumber(boxes, at)
			}
			list = append(list, box)
		}
	}
	if o.IoU > 0 {
		return placed(suppress(list, o.IoU, o.limit()), &g), nil
	}
	return placed(best(list, o.limit()), &g), nil
}

// peak reports whether none of the eight points around is higher.
func peak(plane []float32, at, rows, columns int) bool {
	y, x, v := at/columns, at%columns, plane[at]
	for ny := max(y-1, 0); ny <= min(y+1, rows-1); ny++ {
		for nx := max(x-1, 0); nx <= min(x+1, columns-1); nx++ {
			if plane[ny*columns+nx] > v {
				return false
			}
		}
	}
	return true
}

// box reads the box of one point.
func (c centerNet) box(boxes, offset *Output, at, columns int, cell [2]float64) candidate {
	n := boxes.Shape[2] * boxes.Shape[3]
	value := func(channel int) float64 { return float64(boxes.Data[channel*n+at]) }
	x, y := float64(at%columns), float64(at/columns)
	switch c.form {
	case corners:
		return candidate{x1: value(0), y1: value(1), x2: value(2), y2: value(3)}
	case distances:
		x, y = (x+0.5)*cell[0], (y+0.5)*cell[1]
		return candidate{x1: x - value(0), y1: y - value(1), x2: x + value(2), y2: y + value(3)}
	}
	if offset != nil {
		x, y = x+float64(offset.Data[at]), y+float64(offset.Data[n+at])
	}
	halfW, halfH := value(0)/2, value(1)/2
	return candidate{x1: (x - halfW) * cell[0], y1: (y - halfH) * cell[1], x2: (x + halfW) * cell[0], y2: (y + halfH) * cell[1]}
}
