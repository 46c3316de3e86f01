package voc

import (
	"errors"
	"strings"
	"testing"

	"datum/formats"
)

// outline reads the children of the root and writes them as name(text child…).
func outline(t *testing.T, text string) (string, error) {
	t.Helper()
	s := newScanner([]byte(text))
	var b strings.Builder
	root, err := s.begin()
	if err != nil {
		return "", err
	}
	b.WriteString(root)
	for {
		more, err := s.next()
		if err != nil || !more {
			return b.String(), err
		}
		if got := text[s.tree[0].start:s.tree[0].end]; got[0] != '<' || got[len(got)-1] != '>' {
			t.Errorf("%q: a child is said to be %q", text, got)
		}
		var write func(n int32)
		write = func(n int32) {
			e := s.tree[n]
			b.WriteString(" " + e.name + "(" + string(e.text))
			for c := e.first; c != 0; c = s.tree[c].next {
				write(c)
			}
			b.WriteString(")")
		}
		write(0)
	}
}

func TestScanner(t *testing.T) {
	for text, want := range map[string]string{
		"<a/>":    "a",
		"<a></a>": "a",
		" <?xml version='1.0'?> <!--x--><a ></a >":               "a",
		"<a><b/><c>x</c></a>":                                    "a b() c(x)",
		"<a><b>\n<c>1</c>\n<d>2</d>\n</b></a>":                   "a b( c(1) d(2))",
		"<a><b> x <c/> y </b></a>":                               "a b(x  y c())",
		"<a><b><![CDATA[<x>&y;]]></b></a>":                       "a b(<x>&y;)",
		"<a><b><![CDATA[ ]]> z</b></a>":                          "a b(z)",
		"<a><b>&lt;&gt;&amp;&quot;&apos;&#228;&#x1F600;</b></a>": "a b(<>&\"'ä😀)",
		"<a><b x='>' y=\"/\">1</b></a>":                          "a b(1)",
		"<a><!-- <b> --><c><?php > ?>1</c></a>":                  "a c(1)",
		"<a><ä.ö>1</ä.ö></a>":                                    "a ä.ö(1)",
	} {
		if got, err := outline(t, text); err != nil || got != want {
			t.Errorf("%s: %q, %v; want %q", text, got, err, want)
		}
	}
}

func TestScannerRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                     "the file has no element",
		"<a><b>":               "the file ends inside <b>",
		"<a></b>":              "<a> ends with </b>",
		"<a>x</a>":             "text directly in <a>",
		"<a/><b/>":             "a second root, <b>",
		"<a/>x":                "text behind the end of <a>",
		"<a><b>&nbsp;</b></a>": "the reference &nbsp; stands for nothing that XML knows",
		"<a><b>&</b></a>":      "a \"&\" that begins no reference",
		"<a><b>" + strings.Repeat("x<!-- -->", maxPieces+2) + "</b></a>": "the text of <b> has more than 1000 pieces",
		"<a><b>" + strings.Repeat("<c/>", maxElements) + "</b></a>":      "more than 1048576 elements in <b>",
	} {
		_, err := outline(t, text)
		var placed *placeError
		if err == nil || err.Error() != want || !errors.As(err, &placed) || !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%.40s: %v, want %s", text, err, want)
		}
	}
}

func TestAttributesOfElements(t *testing.T) {
	for attrs, want := range map[string]string{
		` implied="1"`: "1", ` a='b' implied = 'x"y' `: `x"y`, ` a="implied"`: "none", ` implied`: "none", ` implied=1`: "none", ` implied='`: "none", ``: "none",
	} {
		e := element{attrs: []byte(attrs)}
		got, ok := e.attr("implied")
		if !ok {
			got = "none"
		}
		if got != want {
			t.Errorf("%q: %q", attrs, got)
		}
	}
}

func TestNamesAndValues(t *testing.T) {
	for value, text := range map[string]string{
		`1`: "1", `1.50`: "1.50", `true`: "true", `null`: "null", `[1,2]`: "[1,2]", `"x"`: "x", `"1"`: `"1"`, `"True"`: `"True"`, `""`: "", `" "`: `" "`,
		`"a b"`: "a b", `"\n"`: `"\n"`, `"[x"`: "[x", `"\"q\""`: `"q"`, `"\u00e4"`: `"\u00e4"`, `"\u0007"`: `"\u0007"`, `"-"`: "-", `"-1"`: `"-1"`, `"01"`: "01",
	} {
		if got := string(encodeValue([]byte(value))); got != text {
			t.Errorf("%s is written as %s, want %s", value, got, text)
		}
		if got := string(decodeValue([]byte(text))); got != value {
			t.Errorf("%s is read as %s, want %s", text, got, value)
		}
	}
	for text, value := range map[string]string{"True": "true", "False": "false", "[1, 2]": "[1,2]", `"x"`: `"\"x\""`, "NaN": `"NaN"`, "1 2": `"1 2"`, "1e5": "1e5", "None": `"None"`} {
		if got := string(decodeValue([]byte(text))); got != value {
			t.Errorf("%s is read as %s, want %s", text, got, value)
		}
	}
	for name, text := range map[string]string{"cat": "cat", "a b": "a b", " x": `" x"`, "": `""`, `"q"`: `"q"`, "\x00": `"\u0000"`, "\ufffe": `"\ufffe"`, `"\"`: `"\"`, `" x"`: `"\" x\""`} {
		if got := string(encodeName(name)); got != text {
			t.Errorf("the name %q is written as %s, want %s", name, got, text)
		}
		if got := decodeName([]byte(text)); got != name {
			t.Errorf("the name %s is read as %q, want %q", text, got, name)
		}
	}
}

func TestNamesOfPictures(t *testing.T) {
	for name, want := range map[string]string{
		"a.jpg": "a.jpg", "a/b.jpg": "a/b.jpg", `a\b.jpg`: "a/b.jpg", `C:\x\y.jpg`: "C:/x/y.jpg", "/data/a.jpg": "a.jpg", "https://x/y/a.jpg": "a.jpg", "./a.jpg": "a.jpg", "": "", ".": "", "..": "", "/": "",
	} {
		rec := record{filename: name}
		if got := rec.mediaName(); got != want {
			t.Errorf("%q is %q, want %q", name, got, want)
		}
	}
}
