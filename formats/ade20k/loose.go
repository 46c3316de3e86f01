package ade20k

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// The JSON files were written by a program that gives a list of one as that
// one, nothing as an empty list, and some numbers as text.

// listOf returns the elements of a list, a value that is none as the only one,
// and nothing for null.
func listOf(raw json.RawMessage) []json.RawMessage {
	var list []json.RawMessage
	switch {
	case len(raw) == 0 || string(raw) == "null":
		return nil
	case raw[0] == '[':
		if json.Unmarshal(raw, &list) != nil {
			return nil
		}
		return list
	}
	return []json.RawMessage{raw}
}

// textOf returns a text, or the only one of a list.
func textOf(raw json.RawMessage) string {
	if list := listOf(raw); len(list) == 1 {
		var s string
		if json.Unmarshal(list[0], &s) == nil {
			return s
		}
	}
	return ""
}

// textsOf returns all texts of a list that are not empty.
func textsOf(raw json.RawMessage) (out []string, all bool) {
	all = true
	for _, x := range listOf(raw) {
		var s string
		if json.Unmarshal(x, &s) != nil {
			all = false
		} else if s != "" {
			out = append(out, s)
		}
	}
	return out, all
}

// floatOf returns a number, or a text that is one.
func floatOf(raw json.RawMessage) (float64, bool) {
	list := listOf(raw)
	if len(list) != 1 {
		return 0, false
	}
	text := bytes.Trim(list[0], `"`)
	v, err := strconv.ParseFloat(string(text), 64)
	return v, err == nil && !math.IsInf(v, 0) && !math.IsNaN(v)
}

// intOf returns a number without fraction.
func intOf(raw json.RawMessage) (int64, bool) {
	v, ok := floatOf(raw)
	if !ok || v != math.Trunc(v) || math.Abs(v) > 1<<53 {
		return 0, false
	}
	return int64(v), true
}

// floatsOf returns a list of numbers.
func floatsOf(raw json.RawMessage) ([]float64, bool) {
	list := listOf(raw)
	out := make([]float64, len(list))
	for i, x := range list {
		v, ok := floatOf(x)
		if !ok {
			return nil, false
		}
		out[i] = v
	}
	return out, true
}

func number(v int64) []byte { return strconv.AppendInt(nil, v, 10) }

func compact(raw json.RawMessage) json.RawMessage {
	var b bytes.Buffer
	if json.Compact(&b, raw) != nil {
		return raw // not reached: what was read is valid
	}
	return b.Bytes()
}
