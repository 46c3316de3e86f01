package decimal

import (
	"math"
	"math/big"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
)

func TestParse(t *testing.T) {
	for text, want := range map[string]string{
		"0": "0", "1": "1", "-1.50": "-1.5", "+2": "2", ".5": "0.5", "5.": "5", "1e3": "1000", "1.25E-2": "0.0125", "-.5e+1": "-5",
		"00012": "12", "123456789012345678901234567890.5": "123456789012345678901234567890.5", "-0.000": "0", "100": "100", "1200.3400": "1200.34",
		"0.1000000000000000055511151231257827": "0.1000000000000000055511151231257827", "-0.000000000000000000001": "-0.000000000000000000001",
		"999999999999999999": "999999999999999999", "9999999999999999999": "9999999999999999999", "-9223372036854775808": "-9223372036854775808",
		"0e5": "0", "0e99999999999999999999": "0", "1e-99999999999999999999": "0", "2.50e-3": "0.0025", "100e-2": "1",
	} {
		if d, ok := Parse(text); !ok || d.String() != want {
			t.Errorf("%q is %s, %v", text, d, ok)
		}
		if d, ok := Parse([]byte(text)); !ok || string(d.Append([]byte("x"))) != "x"+want {
			t.Errorf("the bytes %q are %s, %v", text, d, ok)
		}
	}
	for _, text := range []string{
		"", " 1", "-", ".", "+.", "-.", "1.2.3", "1e", "e1", "1e999", "0x10", "0x1p4", "1_000", "nan", "inf", "Infinity", "1,5", "--1", "+-1", "1-", "1 2", "x",
		strings.Repeat("1", 400), strings.Repeat("0", maxText+1),
	} {
		if d, ok := Parse(text); ok {
			t.Errorf("%q is read as %s", text, d)
		}
	}
}

func TestArithmetic(t *testing.T) {
	for _, c := range []struct{ a, b, sum, difference, half string }{
		{"17.2", "1.005", "18.205", "16.195", "8.6"},
		{"0.1", "0.2", "0.3", "-0.1", "0.05"},
		{"-1.5", "1.5", "0", "-3", "-0.75"},
		{"1", "-1", "0", "2", "0.5"},
		{"99999999999999999", "0.5", "99999999999999999.5", "99999999999999998.5", "49999999999999999.5"},
		{"9223372036854775807", "1", "9223372036854775808", "9223372036854775806", "4611686018427387903.5"},
		{"4611686018427387905", "4611686018427387905", "9223372036854775810", "0", "2305843009213693952.5"},
		{"1e20", "1e-20", "100000000000000000000.00000000000000000001", "99999999999999999999.99999999999999999999", "50000000000000000000"},
	} {
		a, _ := Parse(c.a)
		b, _ := Parse(c.b)
		if got := a.Plus(b).String(); got != c.sum {
			t.Errorf("%s + %s = %s", c.a, c.b, got)
		}
		if got := a.Minus(b).String(); got != c.difference {
			t.Errorf("%s - %s = %s", c.a, c.b, got)
		}
		if got := a.Half().String(); got != c.half {
			t.Errorf("half of %s is %s", c.a, got)
		}
		if a.String() != a.Plus(Decimal{}).String() {
			t.Errorf("%s has changed", c.a)
		}
	}
}

func TestShift(t *testing.T) {
	for _, c := range []struct {
		text   string
		places int
		want   string
	}{{"1.5", 0, "1.5"}, {"1.5", 1, "15"}, {"1.5", 3, "1500"}, {"-7", -2, "-0.07"}, {"900000000000000000", 4, "9000000000000000000000"}, {"1e30", -31, "0.1"}} {
		if d, _ := Parse(c.text); d.Shift(c.places).String() != c.want {
			t.Errorf("%s shifted by %d is %s", c.text, c.places, d.Shift(c.places))
		}
	}
}

func TestOfAndNew(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "0", 1: "1", -2.5: "-2.5", 1.0 / 3: "0.3333333333333333", 1 << 53: "9007199254740992", 1e22: "10000000000000000000000",
		1e-7: "0.0000001", math.Inf(1): "0", math.NaN(): "0",
	} {
		if got := Of(v).String(); got != want {
			t.Errorf("%v is %s", v, got)
		}
	}
	if got := New(-1250, 3).String(); got != "-1.25" {
		t.Error(got)
	}
	for _, n := range []int64{0, -7, math.MaxInt64, math.MinInt64} {
		if got := New(n, 0); got.String() != big.NewInt(n).String() {
			t.Errorf("%d is %s", n, got)
		}
	}
}

// TestOfHasNoRival compares the decimals of numbers of few digits, and of such
// that are next to them, with the shortest texts.
func TestOfHasNoRival(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 100_000 {
		v := float64(r.Int64N(1<<uint(1+r.IntN(50)))-1<<10) / []float64{1, 10, 100, 1000, 1e4}[r.IntN(5)]
		for _, v := range []float64{v, math.Nextafter(v, 1), math.Nextafter(v, -1)} {
			if got, want := Of(v).String(), strconv.FormatFloat(v, 'f', -1, 64); got != want {
				t.Fatalf("%v is %s", want, got)
			}
		}
	}
}

func TestFinite(t *testing.T) {
	if !Finite() || !Finite(1, -math.MaxFloat64) || Finite(1, math.NaN()) || Finite(math.Inf(-1)) {
		t.Error("Finite is wrong")
	}
}

// TestFloat64 requires the nearest float64, also where the digits are many.
func TestFloat64(t *testing.T) {
	for text, want := range map[string]float64{
		"0.3": 0.3, "123.456": 123.456, "9007199254740993": 9007199254740992, "0.30000000000000004": 0.30000000000000004,
		"1e-7": 1e-7, "179769313486231570000": 1.7976931348623157e20, "-2.5": -2.5, "0.000000000000000000000125": 1.25e-22, "5e-324": 5e-324,
	} {
		if d, ok := Parse(text); !ok || d.Float64() != want {
			t.Errorf("%s is %v", text, d.Float64())
		}
	}
	if v := Of(math.MaxFloat64).Plus(Of(math.MaxFloat64)).Float64(); !math.IsInf(v, 1) {
		t.Errorf("twice the largest number is %v", v)
	}
}

// TestTimes compares products with those of exact arithmetic.
func TestTimes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 20_000 {
		d := Decimal{small: r.Int64N(1<<62) >> r.IntN(62), scale: r.IntN(25)}
		if r.IntN(2) == 0 {
			d.small = -d.small
		}
		n := r.Int32N(math.MaxInt32) + 1
		exact := new(big.Rat).SetFrac(new(big.Int).Mul(big.NewInt(d.small), big.NewInt(int64(n))), tenTo(d.scale))
		if want, _ := exact.Float64(); d.Times(n) != want {
			t.Fatalf("%d / 10^%d × %d = %v, want %v", d.small, d.scale, n, d.Times(n), want)
		}
	}
	if v := (Decimal{small: -5}).Times(0); v != 0 {
		t.Errorf("a product with 0 is %v", v)
	}
}

// FuzzSums requires that what was written as a sum is read as its parts.
func FuzzSums(f *testing.F) {
	f.Add(17.2, 1.005)
	f.Add(1e300, 1e-300)
	f.Add(math.Copysign(0, -1), 1.0/3)
	f.Add(4503599627370497.5, 0.1)
	f.Add(math.MaxFloat64, -5e-324)
	f.Fuzz(func(t *testing.T, at, length float64) {
		if !Finite(at, length, at+length) {
			return
		}
		from, ok1 := Parse(Of(at).String())
		to, ok2 := Parse(Of(at).Plus(Of(length)).String())
		if !ok1 || !ok2 {
			t.Fatalf("%v + %v is not read", at, length)
		}
		if a, b := from.Float64(), to.Minus(from).Float64(); a != at || b != length {
			t.Fatalf("%v + %v came back as %v and %v", at, length, a, b)
		}
		if half := Of(length).Half(); half.Plus(half).Float64() != length {
			t.Fatalf("half of %v is %s", length, half)
		}
	})
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{"0.5", "-1e9", "0.333333333333333333", "1e999", ".", "123456789012345678901234567890.123", "0e-1100"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := Parse(text)
		if !ok {
			return
		}
		again, ok := Parse(d.String())
		if !ok || again.String() != d.String() || again.Float64() != d.Float64() {
			t.Fatalf("%q is %s, which is read as %s, %v", text, d, again, ok)
		}
	})
}

func BenchmarkDifference(b *testing.B) {
	for b.Loop() {
		from, _ := Parse("412.37")
		to, _ := Parse("1023.5")
		if to.Minus(from).Float64() != 611.13 {
			b.Fatal("wrong")
		}
	}
}
