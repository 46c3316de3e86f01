package detection

// ssd reads rows of picture, class, score, x1, y1, x2, y2, the coordinates as
// fractions of the input. After the last one there is a row of the picture -1.
type ssd struct{}

func matchSSD(outputs []Port, _ bool) Head {
	if len(outputs) == 1 && outputs[0].fits(1, 1, -1, 7) {
		return ssd{}
	}
	return nil
}

func (ssd) Name() string { return "ssd" }

func (ssd) Traits() Traits {
	return Traits{Background: true, Score: 0.3, Input: Input{Resize: Stretch, BGR: true, Scale: unscaled}}
}

func (ssd) Decode(outputs []Output, g Geometry, o Options) ([]Detection, error) {
	picked, err := pick(outputs, 0)
	if err != nil {
		return nil, err
	}
	out := picked[0]
	if err := out.sized(1, 1, -1, 7); err != nil {
		return nil, err
	}
	w, h := float64(g.InputWidth), float64(g.InputHeight)
	var list []candidate
	for row := range out.Shape[2] {
		r := out.Data[row*7:][:7]
		if r[0] < 0 {
			break
		}
		if float64(r[2]) <= o.Score {
			continue
		}
		c := candidate{score: float64(r[2]), row: row}
		c.x1, c.y1, c.x2, c.y2 = float64(r[3])*w, float64(r[4])*h, float64(r[5])*w, float64(r[6])*h
		if c.class, err = classOf(out, row, r[1]); err != nil {
			return nil, err
		}
		if !c.finite() {
			return nil, notANumber(out, row)
		}
		list = append(list, c)
	}
	return placed(best(list, o.limit()), &g), nil
}
