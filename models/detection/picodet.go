package detection

import (
	"cmp"
	"math"
	"slices"
)

// picoDet reads, for each level, the scores of each cell's classes, and for each
// side of its box how likely each distance from the cell's centre is, in cells.
// The levels come in the order of their size, the largest grid first.
type picoDet struct {
	levels  []picoLevel
	classes int
	bins    int // of each distance
}

// picoLevel has the places of a level's outputs.
type picoLevel struct{ scores, distances, cells int }

func matchPicoDet(outputs []Port, _ bool) Head {
	if len(outputs) < 4 || len(outputs)%2 != 0 {
		return nil
	}
	var h picoDet
	n := len(outputs) / 2
	for i := range n {
		s, d := &outputs[i], &outputs[n+i]
		if !s.fits(1, -1, -1) || !d.fits(1, s.Shape[1], -1) || s.Shape[1] < 1 || s.Shape[2] < 1 || d.Shape[2] < 8 || d.Shape[2]%4 != 0 {
			return nil
		}
		if i > 0 && (s.Shape[2] != h.classes || d.Shape[2] != h.bins*4) {
			return nil
		}
		h.classes, h.bins = s.Shape[2], d.Shape[2]/4
		h.levels = append(h.levels, picoLevel{i, n + i, s.Shape[1]})
	}
	if !slices.IsSortedFunc(h.levels, func(a, b picoLevel) int { return cmp.Compare(b.cells, a.cells) }) {
		return nil
	}
	return h
}

func (picoDet) Name() string { return "picodet" }

func (p picoDet) Traits() Traits {
	in := Input{Resize: Stretch, BGR: true, Mean: imageNetMean, Scale: imageNetScale}
	return Traits{Classes: p.classes, Score: 0.4, IoU: 0.5, Input: in}
}

// picoTop is how many cells of each level are looked at, the best of them, as
// Paddle does.
const picoTop = 1000

func (p picoDet) Decode(outputs []Output, g Geometry, o Options) ([]Detection, error) {
	var list []candidate
	first := 0
	for i, l := range p.levels {
		picked, err := pick(outputs, l.scores, l.distances)
		if err != nil {
			return nil, err
		}
		stride := 8 << i
		columns := (g.InputWidth + stride - 1) / stride
		cells := columns * ((g.InputHeight + stride - 1) / stride)
		if err := picked[0].sized(1, cells, p.classes); err != nil {
			return nil, err
		}
		if err := picked[1].sized(1, cells, 4*p.bins); err != nil {
			return nil, err
		}
		found, err := p.level(picked[0], picked[1], columns, stride, first, &o)
		if err != nil {
			return nil, err
		}
		list = append(list, found...)
		first += cells
	}
	return placed(suppress(list, o.iou(0.5), o.limit()), &g), nil
}

// level returns the candidates of one level.
func (p picoDet) level(scores, distances *Output, columns, stride, first int, o *Options) ([]candidate, error) {
	type cell struct {
		at  int
		top float32
	}
	var hit []cell
	for at := range scores.Shape[1] {
		classes := scores.Data[at*p.classes:][:p.classes]
		top := classes[argmax(classes, 1)]
		if !(float64(top) <= o.Score) {
			hit = append(hit, cell{at, top})
		}
	}
	slices.SortStableFunc(hit, func(a, b cell) int { return cmp.Compare(b.top, a.top) })
	each := *o
	each.MultiLabel = true
	var list []candidate
	for _, c := range hit[:min(picoTop, len(hit))] {
		box := p.box(distances.Data[c.at*4*p.bins:][:4*p.bins], c.at%columns, c.at/columns, float64(stride))
		box.row = first + c.at
		var ok bool
		if list, ok = box.classify(list, scores.Data[c.at*p.classes:][:p.classes], 1, 1, &each); !ok {
			return nil, notANumber(distances, c.at)
		}
	}
	return list, nil
}

// box makes the box of a cell of the four distances that are expected.
func (p picoDet) box(logits []float32, column, row int, stride float64) candidate {
	var side [4]float64
	for s := range side {
		bins := logits[s*p.bins:][:p.bins]
		top := float64(slices.Max(bins))
		var sum, weighted float64
		for i, v := range bins {
			e := math.Exp(float64(v) - top)
			sum += e
			weighted += e * float64(i)
		}
		side[s] = weighted / sum * stride
	}
	x, y := (float64(column)+0.5)*stride, (float64(row)+0.5)*stride
	return candidate{x1: x - side[0], y1: y - side[1], x2: x + side[2], y2: y + side[3]}
}
