package dataset

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"
)

func parse(t testing.TB, text string) Attributes {
	t.Helper()
	a, err := ParseAttributes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestParseAttributesKeepsTheText(t *testing.T) {
	for text, want := range map[string]string{
		`{}`:                            `{}`,
		" {\n} ":                        `{}`,
		`{"b":1,"a":1.0,"c":1e2}`:       `{"b":1,"a":1.0,"c":1e2}`,
		`{"n":18446744073709551615}`:    `{"n":18446744073709551615}`,
		`{"n":-0.0,"m":0.10}`:           `{"n":-0.0,"m":0.10}`,
		`{"a":1,"b":2,"a":3}`:           `{"a":3,"b":2}`,
		`{"s": "a  b", "l": [ 1 , 2 ]}`: `{"s":"a  b","l":[1,2]}`,
		`{"<&>":"<&>\u2028é"}`:          `{"<&>":"<&>\u2028é"}`,
		`{"\u00e9":null}`:               `{"é":null}`,
		`{"":true}`:                     `{"":true}`,
		`{"o":{"z":1,"a":{"z":[]}}}`:    `{"o":{"z":1,"a":{"z":[]}}}`,
	} {
		a, err := ParseAttributes([]byte(text))
		if got := string(a.AppendJSON(nil)); err != nil || got != want {
			t.Errorf("%s: %s, %v, want %s", text, got, err, want)
		}
	}
}

func TestParseAttributesRefuses(t *testing.T) {
	for _, text := range []string{``, `null`, `[]`, `1`, `{`, `{"a"}`, `{"a":}`, `{"a":1`, `{"a":1}{}`, `{"a":1} x`, `{"a":NaN}`, `{a:1}`, `{"a":01}`} {
		if a, err := ParseAttributes([]byte(text)); err == nil {
			t.Errorf("%s is read as %s", text, a.AppendJSON(nil))
		}
	}
}

func TestParseAttributesOwnsItsBytes(t *testing.T) {
	text := []byte(`{"a":"xyz"}`)
	a := parse(t, string(text))
	b, _ := ParseAttributes(text)
	copy(text, bytes.Repeat([]byte{'#'}, len(text)))
	if !reflect.DeepEqual(a, b) {
		t.Errorf("%s changed with the text", b.AppendJSON(nil))
	}
}

// TestManyAttributes would not end in time if each name were searched for in
// the list.
func TestManyAttributes(t *testing.T) {
	const n = 200_000
	var b strings.Builder
	b.WriteByte('{')
	for i := range n {
		fmt.Fprintf(&b, `"name %d":%d,`, i, i)
	}
	b.WriteString(`"name 3":"again","name 100":"again"}`)
	a := parse(t, b.String())
	if len(a) != n || string(a[3].Value) != `"again"` || string(a[100].Value) != `"again"` || string(a[n-1].Value) != "199999" {
		t.Errorf("%d attributes, the fourth is %s", len(a), a[3].Value)
	}
}

func TestAttributes(t *testing.T) {
	var a Attributes
	if a.Has("x") || string(a.AppendJSON(nil)) != "{}" {
		t.Error("the zero value is not empty")
	}
	for name, v := range map[string]any{"x": math.NaN(), "y": func() {}} {
		if err := a.Set(name, v); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("a value without JSON form is set: %v", err)
		}
	}
	for _, step := range []struct {
		do   func() error
		want string
	}{
		{func() error { return a.Set("text", "<é>&\u2028") }, "{\"text\":\"<é>&\\u2028\"}"},
		{func() error { a.SetRaw("n", []byte("1.0")); return nil }, "{\"text\":\"<é>&\\u2028\",\"n\":1.0}"},
		{func() error { return a.Set("text", []int{1}) }, `{"text":[1],"n":1.0}`},
		{func() error { a.Delete("none"); return nil }, `{"text":[1],"n":1.0}`},
		{func() error { a.Delete("text"); return nil }, `{"n":1.0}`},
	} {
		if err := step.do(); err != nil {
			t.Fatal(err)
		}
		if got := string(a.AppendJSON(nil)); got != step.want {
			t.Errorf("%s, want %s", got, step.want)
		}
	}
	var f float64
	var s string
	if !a.Decode("n", &f) || f != 1 || a.Decode("n", &s) || a.Decode("none", &s) {
		t.Error("Decode fits what it should not, or not what it should")
	}
	if raw, ok := a.Get("n"); !ok || string(raw) != "1.0" {
		t.Errorf("Get: %s, %v", raw, ok)
	}
	if out, err := json.Marshal(struct{ A Attributes }{a}); err != nil || string(out) != `{"A":{"n":1.0}}` {
		t.Errorf("Marshal: %s, %v", out, err)
	}
}

// TestParts: what is appended of the user's and of the carried attributes is
// what Split parts.
func TestParts(t *testing.T) {
	for _, text := range []string{`{}`, `{"a":1}`, `{"@x.y":1}`, `{"a":1,"@x.y":[2],"b":"c","@x.z":null}`, `{"@x":1,"@":2,"@x.":3,"@X.y":4,"@.y":5,"":6}`} {
		a := parse(t, text)
		user, carried := a.Split()
		for _, part := range []struct {
			got  []byte
			want Attributes
		}{{a.AppendUser([]byte("x")), user}, {a.AppendCarried([]byte("x")), carried}} {
			want := "x"
			if len(part.want) > 0 {
				want += string(part.want.AppendJSON(nil))
			}
			if string(part.got) != want {
				t.Errorf("%s: %s, want %s", text, part.got, want)
			}
		}
		if a.Carried() != len(carried) {
			t.Errorf("%s: %d carried", text, a.Carried())
		}
	}
}

func TestCarriedNames(t *testing.T) {
	for name, want := range map[string]bool{
		CarriedName("coco", "area"):         true,
		CarriedName("coco", "a.b c"):        true,
		CarriedName("datumaro_binary", "x"): true,
		CarriedName("yolo8", "é"):           true,
		"@coco.":                            false,
		"@coco":                             false,
		"@.area":                            false,
		"@":                                 false,
		"":                                  false,
		"coco.area":                         false,
		"@Coco.area":                        false,
		"@co co.area":                       false,
		"@user@example.com":                 false,
	} {
		if IsCarried(name) != want {
			t.Errorf("IsCarried(%q) is %v", name, !want)
		}
	}
}

func TestSplit(t *testing.T) {
	user, carried := parse(t, `{"@coco.id":1,"b":2,"@x":3,"@voc.pose":4,"a":5}`).Split()
	if got := string(user.AppendJSON(nil)); got != `{"b":2,"@x":3,"a":5}` {
		t.Errorf("user: %s", got)
	}
	if got := string(carried.AppendJSON(nil)); got != `{"@coco.id":1,"@voc.pose":4}` {
		t.Errorf("carried: %s", got)
	}
}

func TestAppendString(t *testing.T) {
	for s, want := range map[string]string{
		``: `""`, `a`: `"a"`, `"\/`: `"\"\\/"`, "\b\t\n\f\r": `"\b\t\n\f\r"`, "\x00\x1f\x7f": "\"\\u0000\\u001f\x7f\"",
		"<&>é日😀\u2028": "\"<&>é日😀\u2028\"", "a\xffb": "\"a\ufffdb\"",
	} {
		if got := string(AppendString(nil, s)); got != want {
			t.Errorf("%q: %s, want %s", s, got, want)
		}
	}
}

func FuzzAppendString(f *testing.F) {
	f.Add("a\"\\\n\x00é😀")
	f.Fuzz(func(t *testing.T, s string) {
		var back string
		if err := json.Unmarshal(AppendString(nil, s), &back); err != nil {
			t.Fatal(err)
		}
		if want := strings.ToValidUTF8(s, "\ufffd"); utf8.ValidString(s) && back != want {
			t.Fatalf("%q comes back as %q", s, back)
		}
	})
}

// FuzzParseAttributes compares with the standard library's reading into a map,
// and requires that what was written is read again as the same.
func FuzzParseAttributes(f *testing.F) {
	for _, s := range []string{`{}`, `{"a":1,"b":[null,{"x":-0.0}],"a":"é"}`, `{"@coco.id":18446744073709551615}`, `{"a":1}x`, ` { "a" : [ 1 , 2 ] } `, `{"a":"\ud800"}`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		a, err := ParseAttributes(text)
		var std map[string]json.RawMessage
		stdErr := json.Unmarshal(text, &std)
		if (err == nil) != (stdErr == nil && std != nil) {
			t.Fatalf("%v, the standard library says %v", err, stdErr)
		}
		if err != nil {
			return
		}
		if len(std) != len(a) {
			t.Fatalf("%d attributes, want %d", len(a), len(std))
		}
		for _, x := range a {
			var want bytes.Buffer
			if err := json.Compact(&want, std[x.Name]); err != nil || want.String() != string(x.Value) {
				t.Fatalf("%q: %s, want %s (%v)", x.Name, x.Value, want.String(), err)
			}
		}
		if !utf8.Valid(text) {
			return
		}
		again, err := ParseAttributes(a.AppendJSON(nil))
		if err != nil || !reflect.DeepEqual(a, again) {
			t.Fatalf("%s is read again as %s: %v", a.AppendJSON(nil), again.AppendJSON(nil), err)
		}
	})
}
