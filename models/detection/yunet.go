package detection

import (
	"fmt"
	"math"
)

// yuNet reads, for each of three levels, the score of a face, that of a thing,
// the box relative to the cell, and five points.
type yuNet struct{ levels []yuNetLevel }

// yuNetLevel has the places of a level's outputs.
type yuNetLevel struct{ stride, class, object, box, points int }

func matchYuNet(outputs []Port, _ bool) Head {
	var h yuNet
	for _, stride := range []int{8, 16, 32} {
		at := func(kind string, width int) int {
			i := find(outputs, fmt.Sprintf("%s_%d", kind, stride))
			if i >= 0 && !outputs[i].fits(1, -1, width) {
				return -1
			}
			return i
		}
		l := yuNetLevel{stride, at("cls", 1), at("obj", 1), at("bbox", 4), at("kps", 10)}
		if min(l.class, l.object, l.box, l.points) < 0 {
			return nil
		}
		h.levels = append(h.levels, l)
	}
	return h
}

func (yuNet) Name() string { return "yunet" }

func (yuNet) Traits() Traits {
	in := Input{Resize: LetterboxCorner, BGR: true, Scale: unscaled}
	return Traits{Classes: 1, Labels: map[int]string{0: "face"}, Score: 0.6, IoU: 0.3, Input: in}
}

func (y yuNet) Decode(outputs []Output, g Geometry, o Options) ([]Detection, error) {
	var list []candidate
	points := map[int][]float64{} // by row, in pixels of the input
	first := 0                    // row of the level's first cell
	for _, l := range y.levels {
		cells, err := l.decode(outputs, &g, &o, first, &list, points)
		if err != nil {
			return nil, err
		}
		first += cells
	}
	var found []Detection
	for _, c := range suppress(list, o.iou(0.3), o.limit()) {
		d, inside := g.place(&c)
		if !inside {
			continue
		}
		d.Points = points[c.row]
		for i := 0; i < len(d.Points); i += 2 {
			d.Points[i], d.Points[i+1] = g.source(d.Points[i], d.Points[i+1])
		}
		found = append(found, d)
	}
	return found, nil
}

// decode appends the level's faces to list and their points to points, and
// returns how many cells the level has.
func (l *yuNetLevel) decode(outputs []Output, g *Geometry, o *Options, first int, list *[]candidate, points map[int][]float64) (int, error) {
	picked, err := pick(outputs, l.class, l.object, l.box, l.points)
	if err != nil {
		return 0, err
	}
	columns := g.InputWidth / l.stride
	cells := columns * (g.InputHeight / l.stride)
	for i, width := range []int{1, 1, 4, 10} {
		if err := picked[i].sized(1, cells, width); err != nil {
			return 0, err
		}
	}
	stride := float64(l.stride)
	for at := range cells {
		score := math.Sqrt(clip(float64(picked[0].Data[at]), 1) * clip(float64(picked[1].Data[at]), 1))
		if score <= o.Score {
			continue
		}
		x, y := float64(at%columns), float64(at/columns)
		b, p := picked[2].Data[at*4:][:4], picked[3].Data[at*10:][:10]
		cx, cy := (x+float64(b[0]))*stride, (y+float64(b[1]))*stride
		w, h := math.Exp(float64(b[2]))*stride, math.Exp(float64(b[3]))*stride
		c := candidate{x1: cx - w/2, y1: cy - h/2, x2: cx + w/2, y2: cy + h/2, score: score, row: first + at}
		marks, sum := make([]float64, 10), 0.0
		for i := 0; i < 10; i += 2 {
			marks[i], marks[i+1] = (x+float64(p[i]))*stride, (y+float64(p[i+1]))*stride
			sum += marks[i] + marks[i+1]
		}
		if !c.finite() || math.IsNaN(sum) || math.IsInf(sum, 0) {
			return 0, notANumber(picked[2], at)
		}
		*list = append(*list, c)
		points[c.row] = marks
	}
	return cells, nil
}
