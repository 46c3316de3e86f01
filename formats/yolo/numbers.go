package yolo

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/internal/raster"
)

// boxNumbers returns the text of the four numbers of a box.
func boxNumbers(b *dataset.Bbox, width, height int32) []string {
	cx, w := spanTexts(b.X, b.W, width)
	cy, h := spanTexts(b.Y, b.H, height)
	return []string{cx, cy, w, h}
}

// pointNumbers returns the text of x and y of points.
func pointNumbers(points []float64, width, height int32) []string {
	out := make([]string, len(points))
	for i, v := range points {
		out[i] = pixelText(v, [2]int32{width, height}[i%2])
	}
	return out
}

// cornerNumbers returns the text of the corners of a rotated box. These come
// out of sines and cosines, so a short text that is as good as they are counts
// before their own.
func cornerNumbers(r *dataset.RotatedBbox, width, height int32) []string {
	out := make([]string, 8)
	for i, v := range raster.Corners(r) {
		out[i] = cornerText(v, [2]int32{width, height}[i%2])
	}
	return out
}

func cornerText(v float64, dim int32) string {
	const digits = 8 // tools write six
	text := trimZeros(strconv.FormatFloat(v/float64(dim), 'f', digits, 64))
	if p, err := strconv.ParseFloat(text, 64); err == nil && math.Abs(p*float64(dim)-v) <= float64(dim)*0x1p-48 {
		return text
	}
	return pixelText(v, dim)
}

// trimZeros leaves out zeros at the end of a decimal.
func trimZeros(text string) string {
	if !strings.Contains(text, ".") {
		return text
	}
	if text = strings.TrimRight(strings.TrimRight(text, "0"), "."); text == "-0" {
		return "0"
	}
	return text
}

// keypointNumbers returns the text of keypoints of two or three numbers each.
func keypointNumbers(p *dataset.Points, width, height int32, each int) []string {
	var out []string
	for i := range len(p.Points) / 2 {
		out = append(out, pixelText(p.Points[2*i], width), pixelText(p.Points[2*i+1], height))
		if each == 3 {
			out = append(out, strconv.Itoa(int(visibility(p, i))))
		}
	}
	return out
}

func visibility(p *dataset.Points, i int) dataset.Visibility {
	if i < len(p.Visibility) {
		return p.Visibility[i]
	}
	return dataset.Visible
}

// carryTexts lets an annotation carry the spelling of its numbers, where it is
// not the one that the writer would choose: the number of decimals of all of
// them, or else the texts.
func carryTexts(b *dataset.Base, texts [][]byte, made []string) {
	same, decimals := true, -1
	for i, text := range texts {
		same = same && string(text) == made[i]
		_, fraction, _ := bytes.Cut(text, []byte{'.'})
		if i == 0 {
			decimals = len(fraction)
		}
		if decimals != len(fraction) || padded(made[i], decimals) != string(text) {
			decimals = -1
		}
		if !isPlain(text) {
			return // an exponent, say, which is not written again
		}
	}
	switch {
	case same:
	case decimals >= 0:
		b.Attributes.SetRaw(carryDecimals, strconv.AppendInt(nil, int64(decimals), 10))
	default:
		b.Attributes.SetRaw(carryNumbers, dataset.AppendString(nil, string(bytes.Join(texts, []byte{' '}))))
	}
}

// padded returns a number with zeros at its end until it has a number of
// decimals.
func padded(text string, decimals int) string {
	whole, fraction, _ := strings.Cut(text, ".")
	if decimals <= len(fraction) {
		return text
	}
	return whole + "." + fraction + strings.Repeat("0", decimals-len(fraction))
}

// maxDecimals bounds what a carried attribute may ask for.
const maxDecimals = 40

// spelled returns the numbers of an annotation as its source spelled them, if
// it carries that and it still means the same, which matches finds out from the
// texts and their values.
func spelled(b *dataset.Base, made []string, matches func(texts [][]byte, values []float64) bool) []string {
	decimals := 0
	if b.Attributes.Decode(carryDecimals, &decimals) && decimals > 0 && decimals <= maxDecimals {
		out := make([]string, len(made))
		for i := range made {
			out[i] = padded(made[i], decimals)
		}
		return out
	}
	raw, ok := b.Attributes.Get(carryNumbers)
	text := ""
	if !ok || json.Unmarshal(raw, &text) != nil {
		return made
	}
	texts := strings.Split(text, " ")
	if len(texts) != len(made) {
		return made
	}
	raws, values := make([][]byte, len(texts)), make([]float64, len(texts))
	for i := range texts {
		raws[i] = []byte(texts[i])
		v, err := number(raws[i])
		if err != nil || !isPlain(raws[i]) {
			return made
		}
		values[i] = v
	}
	if !matches(raws, values) {
		return made
	}
	return texts
}
