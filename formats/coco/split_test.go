package coco

import (
	"bytes"
	"encoding/json"
	"io"
	"math"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/go-json-experiment/json/jsontext"
)

func TestNumber(t *testing.T) {
	for text, want := range map[string]struct {
		value     float64
		exact, ok bool
	}{
		"0": {0, true, true}, "-0": {math.Copysign(0, -1), true, true}, "1.5": {1.5, true, true}, "10.13": {10.13, true, true},
		"702.1057499999998": {702.1057499999998, true, true}, "1e3": {1000, true, true}, "1E-9": {1e-9, true, true},
		"9007199254740992": {1 << 53, true, true}, "9007199254740993": {1 << 53, false, true},
		"18446744073709551615": {1 << 64, false, true}, "0.1000000000000000055": {0.1, true, true},
		"1e999": {0, false, false}, "": {0, false, false}, "null": {0, false, false}, "\"1\"": {0, false, false}, "Inf": {0, false, false},
	} {
		f, exact, ok := number([]byte(text))
		if math.Float64bits(f) != math.Float64bits(want.value) || exact != want.exact || ok != want.ok {
			t.Errorf("%q: %v %v %v", text, f, exact, ok)
		}
	}
}

func TestAppendNumber(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", math.Copysign(0, -1): "-0", 1: "1", -1.5: "-1.5", 0.05: "0.05", -0.5: "-0.5", 10.13: "10.13", 100.1: "100.1",
		1e-9: "1e-09", 1e21: "1e+21", 702.1057499999998: "702.1057499999998", 1e15: "1000000000000000",
		math.Inf(1): "null", math.NaN(): "null",
	} {
		if got := string(appendNumber(nil, v)); got != want {
			t.Errorf("%v: %s, want %s", v, got, want)
		}
	}
}

// FuzzNumber compares the quick ways to read and write numbers with the
// library's.
func FuzzNumber(f *testing.F) {
	for _, s := range []string{"0", "-0.0", "1.05", "123456789012345", "0.30000000000000004", "1e22", "99999999999999.99", "5e-324"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if !json.Valid([]byte(s)) || !isNumber((s + "x")[0]) {
			return
		}
		s = strings.TrimSpace(s)
		want, err := strconv.ParseFloat(s, 64)
		got, exact, ok := number([]byte(s))
		if ok != (err == nil) || ok && math.Float64bits(got) != math.Float64bits(want) {
			t.Fatalf("%s is read as %v, %v; want %v, %v", s, got, ok, want, err)
		}
		if !ok {
			return
		}
		text := string(appendNumber(nil, got))
		if back, err := strconv.ParseFloat(text, 64); err != nil || math.Float64bits(back) != math.Float64bits(got) {
			t.Fatalf("%s is written as %s", s, text)
		}
		if shortest := strconv.FormatFloat(got, 'g', -1, 64); len(text) > len(shortest)+17 {
			t.Fatalf("%s is written as %s, not as %s", s, text, shortest)
		}
		if exact && !sameNumber(s, text) {
			t.Fatalf("%s is not exact, for it becomes %s", s, text)
		}
	})
}

// FuzzMembers compares the way to take objects apart with a decoder that
// reads token by token.
func FuzzMembers(f *testing.F) {
	for _, s := range []string{`{}`, ` { "a" : [ 1 , { "b" : "]\"}" } ] , "\u0061" : null } `, `{"a":1,"a":"\\"}`, `{"x":[[]],"y":-1.5e3}`, `[`, `{"a"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		got, err := members(text) // must not panic on anything
		v := jsontext.Value(bytes.Trim(text, " \t\r\n"))
		if !v.IsValid(jsontext.AllowDuplicateNames(true)) || v.Kind() != '{' {
			return
		}
		if err != nil {
			t.Fatal(err)
		}
		var want map[string]json.RawMessage
		if err := json.Unmarshal(text, &want); err != nil {
			return
		}
		if len(want) != len(got) {
			t.Fatalf("%d members, want %d", len(got), len(want))
		}
		for _, a := range got {
			if string(a.Value) != string(want[a.Name]) {
				t.Fatalf("%q: %s, want %s", a.Name, a.Value, want[a.Name])
			}
			if m := member(text, a.Name); string(m) != string(a.Value) {
				t.Fatalf("member %q: %s", a.Name, m)
			}
		}
	})
}

// TestTolerantText cuts text at every place.
func TestTolerantText(t *testing.T) {
	const text = "\ufeff[NaN, -Infinity,Infinity,-1, \"NaN -Infinity \\\" NaN\\\\\", NaN]"
	const want = "   [\"\" , \"       \",\"      \",-1, \"NaN -Infinity \\\" NaN\\\\\", \"\" ]"
	for name, r := range map[string]io.Reader{
		"whole": strings.NewReader(text), "byte by byte": iotest.OneByteReader(strings.NewReader(text)), "halves": iotest.HalfReader(strings.NewReader(text)),
	} {
		tt := &tolerantText{r: r}
		got, err := io.ReadAll(iotest.OneByteReader(tt))
		if err != nil || string(got) != want || tt.clean.replaced != 4 {
			t.Errorf("%s: %q, %v, %d replaced", name, got, err, tt.clean.replaced)
		}
	}
	long := strings.Repeat(" ", 256<<10-2) + "NaN"
	got, err := io.ReadAll(&tolerantText{r: strings.NewReader(long)})
	if err != nil || len(got) != len(long) || !bytes.HasSuffix(got, []byte(` "" `)) {
		t.Errorf("a literal over the end of the buffer: %q, %v", got[len(got)-8:], err)
	}
	boom := &tolerantText{r: iotest.ErrReader(io.ErrClosedPipe)}
	if _, err := io.ReadAll(boom); err != io.ErrClosedPipe {
		t.Errorf("%v", err)
	}
	const nulls = "[null, null,null,-1, \"NaN -Infinity \\\" NaN\\\\\", null]"
	if got := string(nullLiterals([]byte(text[3:]))); got != nulls {
		t.Errorf("%s", got)
	}
}

func TestPatch(t *testing.T) {
	for _, test := range []struct{ wanted, made, patch string }{
		{`{"a":1,"b":[1,2]}`, `{"b":[1.0,2],"a":1}`, ``},
		{`{"a":1}`, `{"a":2}`, `{"a":1}`},
		{`{"a":1}`, `{"a":1,"b":2,"c":3}`, `{"-":["b","c"]}`},
		{`{"a":1,"-":2,"-b":{"x": 1}}`, `{}`, `{"a":1,"--":2,"--b":{"x":1}}`},
		{`{"":1}`, `{}`, `{"":1}`},
		{`{"a":"\u00fc"}`, `{"a":"ü"}`, ``},
		{`{"a":9007199254740993}`, `{"a":9007199254740992}`, `{"a":9007199254740993}`},
		{`{"a":null}`, `{"a":0}`, `{"a":null}`},
		{`{"a":[1,[2]]}`, `{"a":[1,[2,3]]}`, `{"a":[1,[2]]}`},
	} {
		wanted, _ := members([]byte(test.wanted))
		made, _ := members([]byte(test.made))
		patch := diff(wanted, made)
		if string(patch) != test.patch {
			t.Errorf("%s from %s: %s, want %s", test.wanted, test.made, patch, test.patch)
		}
		back := apply(made, patch)
		if d := diff(wanted, back); d != nil {
			t.Errorf("%s from %s: applied it gives %s", test.wanted, test.made, back.AppendJSON(nil))
		}
	}
	r, _ := members([]byte(`{"a":1}`))
	if got := diff(r, r, "a", "b"); string(got) != `{"a":1,"-":["b"]}` {
		t.Errorf("forced: %s", got)
	}
	if got := apply(r, []byte(`[broken`)); len(got) != 1 {
		t.Errorf("a broken patch changed %v", got)
	}
}
