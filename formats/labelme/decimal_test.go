package labelme

import "testing"

func TestParseDecimal(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "1": "1", "-1.50": "-1.5", "+2": "2", ".5": "0.5", "5.": "5", "1e3": "1000", "1.25E-2": "0.0125",
		"00012": "12", "123456789012345678901234567890.5": "123456789012345678901234567890.5", "-0.000": "0",
		"0.1000000000000000055511151231257827": "0.1000000000000000055511151231257827",
	} {
		d, ok := parseDecimal(text)
		if !ok || d.String() != want {
			t.Errorf("%q is %s, %v", text, d.String(), ok)
		}
	}
	for _, text := range []string{"", " 1", "-", ".", "+.", "1.2.3", "1e", "1e999", "0x10", "1_000", "nan", "inf", "1,5", "--1", "1-"} {
		if d, ok := parseDecimal(text); ok {
			t.Errorf("%q is read as %s", text, d.String())
		}
	}
}

func TestDecimalArithmetic(t *testing.T) {
	for _, c := range []struct{ a, b, sum, difference, half string }{
		{"17.2", "1.005", "18.205", "16.195", "8.6"},
		{"0.1", "0.2", "0.3", "-0.1", "0.05"},
		{"1", "-1", "0", "2", "0.5"},
		{"99999999999999999", "0.5", "99999999999999999.5", "99999999999999998.5", "49999999999999999.5"},
		{"1e20", "1e-20", "100000000000000000000.00000000000000000001", "99999999999999999999.99999999999999999999", "50000000000000000000"},
	} {
		a, _ := parseDecimal(c.a)
		b, _ := parseDecimal(c.b)
		if got := a.plus(b, 1).String(); got != c.sum {
			t.Errorf("%s + %s = %s", c.a, c.b, got)
		}
		if got := a.plus(b, -1).String(); got != c.difference {
			t.Errorf("%s - %s = %s", c.a, c.b, got)
		}
		if got := a.half().String(); got != c.half {
			t.Errorf("half of %s is %s", c.a, got)
		}
	}
}

// TestFloat requires the nearest float64, also where the digits are many.
func TestFloat(t *testing.T) {
	for text, want := range map[string]float64{
		"0.3": 0.3, "123.456": 123.456, "9007199254740993": 9007199254740992, "0.30000000000000004": 0.30000000000000004,
		"1e-7": 1e-7, "179769313486231570000": 1.7976931348623157e20, "-2.5": -2.5,
	} {
		if d, ok := parseDecimal(text); !ok || d.Float() != want {
			t.Errorf("%s is %v", text, d.Float())
		}
	}
}

func TestSumText(t *testing.T) {
	if got := sumText(10.33, 1.0/3, 1); got != "10.6633333333333333" {
		t.Error(got)
	}
}
