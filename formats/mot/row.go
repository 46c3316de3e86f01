package mot

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	"datum/dataset"
)

// row is a line of gt.txt or det.txt. Texts are as they stand.
type row struct {
	frame, track int32
	box          [4]float64
	confidence   string // empty: none
	class        string // empty: none
	visibility   string // empty: none
	world        string // the last three of ten fields
}

var errRow = errors.New("a row is frame, track, x, y, w, h and up to four numbers more, with commas between them")

// trimLine takes a line's end off, and the byte order mark of the first.
func trimLine(line string, first bool) string {
	if first {
		line = strings.TrimPrefix(line, "\ufeff")
	}
	return strings.TrimSpace(line)
}

// maxFields is how many fields a row has at most.
const maxFields = 10

func parseRow(line string) (r row, err error) {
	fields := strings.SplitN(line, ",", maxFields+2)
	for len(fields) > 6 && strings.TrimSpace(fields[len(fields)-1]) == "" {
		fields = fields[:len(fields)-1] // a comma at the end
	}
	if len(fields) < 6 || len(fields) > maxFields {
		return r, errRow
	}
	for i := range fields {
		fields[i] = strings.TrimSpace(fields[i])
	}
	if r.frame, err = whole(fields[0], 0); err != nil {
		return r, fmt.Errorf("the frame %q is no whole number from 0 on", fields[0])
	}
	if r.track, err = whole(fields[1], -1); err != nil {
		return r, fmt.Errorf("the track %q is no whole number from -1 on", fields[1])
	}
	for i := range r.box {
		if r.box[i], err = strconv.ParseFloat(fields[2+i], 64); err != nil || math.IsInf(r.box[i], 0) || math.IsNaN(r.box[i]) {
			return r, fmt.Errorf("%q is no number of pixels", fields[2+i])
		}
	}
	for _, f := range fields[6:] {
		if v, err := strconv.ParseFloat(f, 64); f != "" && (err != nil || math.IsInf(v, 0) || math.IsNaN(v)) {
			return r, fmt.Errorf("%q is no number", f)
		}
	}
	err = r.rest(fields[6:])
	return r, err
}

// rest takes the fields behind the box.
func (r *row) rest(fields []string) error {
	if len(fields) > 0 {
		r.confidence = fields[0]
	}
	if len(fields) == 4 {
		r.world = strings.Join(fields[1:], ",")
		return nil
	}
	if len(fields) > 1 {
		r.class = fields[1]
	}
	if len(fields) > 2 {
		r.visibility = fields[2]
	}
	return nil
}

// whole reads a whole number, which may be written with a point.
func whole(s string, least int32) (int32, error) {
	n, err := strconv.ParseInt(s, 10, 32)
	if err != nil {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || v != math.Trunc(v) || math.Abs(v) > math.MaxInt32 {
			return 0, errRow
		}
		n = int64(v)
	}
	if n < int64(least) {
		return 0, errRow
	}
	return int32(n), nil
}

// What the model has no field for is carried.
var (
	carryConfidence = dataset.CarriedName(formatName, "confidence")
	carryClass      = dataset.CarriedName(formatName, "class")
	carryWorld      = dataset.CarriedName(formatName, "world")
	carryDet        = dataset.CarriedName(formatName, "detections")
	carrySeqinfo    = dataset.CarriedName(formatName, "seqinfo")
)

const (
	attrScore      = "score"
	attrIgnored    = "ignored"
	attrOccluded   = "occluded"
	attrVisibility = "visibility"
	attrTrack      = "track_id"
)

// attributes are those of a row of gt.txt, or of det.txt.
func (r *row) attributes(det bool) (a dataset.Attributes) {
	switch {
	case det && r.confidence != "":
		setNumber(&a, attrScore, r.confidence)
	case r.confidence == "0":
		a.SetRaw(attrIgnored, []byte("true"))
	case r.confidence != "" && r.confidence != "1":
		if v, _ := strconv.ParseFloat(r.confidence, 64); v == 0 {
			a.SetRaw(attrIgnored, []byte("true"))
		}
		a.SetRaw(carryConfidence, dataset.AppendString(nil, r.confidence))
	}
	switch v, err := strconv.ParseFloat(r.visibility, 64); {
	case err != nil || v == 1 || det && v == -1:
	case v == 0:
		a.SetRaw(attrOccluded, []byte("true"))
	default:
		setNumber(&a, attrVisibility, r.visibility)
	}
	if r.world != "" && r.world != "-1,-1,-1" {
		a.SetRaw(carryWorld, dataset.AppendString(nil, r.world))
	}
	return a
}

// setNumber keeps a number as it stands, if JSON has it so.
func setNumber(a *dataset.Attributes, name, text string) {
	if json.Valid([]byte(text)) {
		a.SetRaw(name, []byte(text))
		return
	}
	if v, err := strconv.ParseFloat(text, 64); err == nil {
		a.SetRaw(name, strconv.AppendFloat(nil, v, 'g', -1, 64))
	}
}
