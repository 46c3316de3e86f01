package voc

import (
	"math"
	"strconv"
	"testing"
)

func TestDecimals(t *testing.T) {
	for text, want := range map[string]string{
		"1": "1", "-1": "-1", "+1": "1", "0.5": "0.5", ".5": "0.5", "5.": "5", "-0.50": "-0.5", "1e3": "1000", "1E-3": "0.001", "00012": "12",
		"123456789012345678901234567890.125": "123456789012345678901234567890.125", "-0.000000000000000000001": "-0.000000000000000000001",
		"": "", "-": "", ".": "", "1.2.3": "", "x": "", "0x10": "", "1_0": "", "NaN": "", "Inf": "", "1e999": "", "1 2": "", "--1": "",
	} {
		d, ok := parseDecimal([]byte(text))
		if ok != (want != "") || ok && string(d.appendTo(nil)) != want {
			t.Errorf("%q is %s, %v", text, d.appendTo(nil), ok)
		}
	}
}

func TestSums(t *testing.T) {
	for _, test := range [][4]string{
		{"17.2", "1.005", "18.205", "16.195"}, {"1", "2", "3", "-1"}, {"0.1", "0.2", "0.3", "-0.1"}, {"-1.5", "1.5", "0", "-3"},
		{"9223372036854775807", "1", "9223372036854775808", "9223372036854775806"}, {"1e20", "1e-20", "100000000000000000000.00000000000000000001", "99999999999999999999.99999999999999999999"},
	} {
		a, _ := parseDecimal([]byte(test[0]))
		b, _ := parseDecimal([]byte(test[1]))
		if sum, diff := string(a.plus(b, 1).appendTo(nil)), string(a.plus(b, -1).appendTo(nil)); sum != test[2] || diff != test[3] {
			t.Errorf("%s and %s: sum %s, difference %s", test[0], test[1], sum, diff)
		}
	}
}

// FuzzSides requires that boxes come back to the last bit.
func FuzzSides(f *testing.F) {
	f.Add(17.2, 1.005)
	f.Add(1e300, 1e-300)
	f.Add(math.Copysign(0, -1), 1.0/3)
	f.Add(4503599627370497.5, 0.1)
	f.Fuzz(func(t *testing.T, at, length float64) {
		if math.IsNaN(at) || math.IsInf(at, 0) || math.IsNaN(length) || math.IsInf(length, 0) || length < 0 {
			return
		}
		for _, one := range []bool{false, true} {
			w := xmlWriter{itemWriter: &itemWriter{exporter: &exporter{oneBased: one}}}
			r := reader{oneBased: one}
			from, to := w.side(at, length)
			a, ok1 := parseDecimal(from.appendTo(nil))
			b, ok2 := parseDecimal(to.appendTo(nil))
			if !ok1 || !ok2 {
				t.Fatalf("%s and %s are not read", from.appendTo(nil), to.appendTo(nil))
			}
			if x, n := r.side(a, b); x != at || n != length {
				t.Fatalf("%v, %v came back as %v, %v", at, length, x, n)
			}
			if from, err := strconv.ParseFloat(string(from.appendTo(nil)), 64); err != nil || math.IsNaN(from) {
				t.Fatal(err)
			}
		}
	})
}
