package yolo

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strconv"
	"strings"
	"testing"

	"datum/dataset"
	"datum/formats"
)

// FuzzPlainBoxes requires that what is read in the short way is read the same in
// the long one, without anything to be said about it.
func FuzzPlainBoxes(f *testing.F) {
	f.Add([]byte("0 0.5 0.5 0.25 0.123456789012345\n1 0.1 0.2 0.3 0.4\r\n7 0.10 0.2 0.3 0.4"), int32(640), int32(427))
	f.Add([]byte("22 0.81321875 0.8013229166666667 0.06009375 0.07147916666666667\n1 0.4294375 0.5774583333333333 0.1118125 0.156833333333333344"), int32(640), int32(480))
	f.Add([]byte("1 0.81321875 0.80132291666666671 0.06009375 0.07147916666666666"), int32(640), int32(480))
	f.Add([]byte("0 0.333333333333333 0.999999 0.000001 0.000002"), int32(1), int32(2147483647))
	f.Fuzz(func(t *testing.T, text []byte, width, height int32) {
		if width > 0 && height > 0 {
			comparePlainBoxes(t, text, width, height)
		}
	})
}

// comparePlainBoxes returns how many lines were read in the short way.
func comparePlainBoxes(t *testing.T, text []byte, width, height int32) (short int) {
	t.Helper()
	var notes formats.Loss
	m := &importer{labels: map[int]int32{0: 0, 1: 1, 7: 2}}
	s := &shaper{task: detect, width: width, height: height, notes: &notes}
	plain := m.newPlainBoxes(s, text)
	one, two := newSurvey(), newSurvey()
	for _, fields := range eachLine(text) {
		var l line
		valid := l.parse(fields) == nil
		if one.addPlain(fields) {
			if !valid {
				t.Fatalf("%q is surveyed as a box", fields)
			}
			if two.add(&l, width, height); one.maxClass != two.maxClass || len(fields) != 5 {
				t.Fatalf("%q is surveyed otherwise", fields)
			}
		}
		b, ok := plain.read(fields)
		if !ok {
			continue
		}
		short++
		want, err := m.readLine(s, fields)
		if err != nil || len(want) != 1 || !reflect.DeepEqual(want[0], dataset.Annotation(b)) {
			t.Fatalf("%q of %d × %d: %+v instead of %+v, %v", fields, width, height, b, want, err)
		}
	}
	if notes.Total() > 0 {
		t.Fatalf("%q: %s", text, notes)
	}
	return short
}

// TestPlainBoxesAreUsual requires that boxes of six decimals, as most tools write
// them, and such of 15 are read in the short way.
func TestPlainBoxesAreUsual(t *testing.T) {
	t.Parallel()
	r := rand.New(rand.NewPCG(5, 6))
	var text strings.Builder
	const lines = 2000
	for i := range lines {
		fmt.Fprint(&text, r.IntN(2))
		for range 4 {
			digits := []int{6, 15}[i%2]
			n := strconv.FormatFloat(r.Float64(), 'f', digits, 64)
			fmt.Fprint(&text, " ", strings.TrimRight(n, "0"))
		}
		fmt.Fprintln(&text)
	}
	w := &texter{width: 640, height: 480, ids: []int{0}}
	for range lines { // what the writer makes of boxes with fractions of pixels
		b := &dataset.Bbox{X: float64(r.IntN(30000)) / 100, Y: float64(r.IntN(20000)) / 100, W: float64(100+r.IntN(20000)) / 100, H: float64(100+r.IntN(20000)) / 100}
		w.line(&object{}, w.boxTexts(b))
	}
	if short := comparePlainBoxes(t, w.text, 640, 480); short < lines*99/100 {
		t.Errorf("%d of %d lines of our own were read in the short way", short, lines)
	}
	for _, size := range [][2]int32{{640, 480}, {1, 1}, {65_000, 333}} {
		if short := comparePlainBoxes(t, []byte(text.String()), size[0], size[1]); short < lines*99/100 {
			t.Errorf("%d of %d lines were read in the short way", short, lines)
		}
	}
}
