package xmltext

import (
	"testing"
	"unicode/utf8"
)

func TestAppend(t *testing.T) {
	const text = "a<b>&\"'\r\n\tä😀\x00\ufffe"
	if got := string(AppendText([]byte("x"), text)); got != "xa&lt;b&gt;&amp;\"'&#13;\n\tä😀\uFFFD\uFFFD" {
		t.Errorf("%q", got)
	}
	if got := string(AppendAttr([]byte("<x"), "y", text)); got != `<x y="a&lt;b&gt;&amp;&quot;'&#13;&#10;&#9;ä😀`+"\uFFFD\uFFFD\"" {
		t.Errorf("%q", got)
	}
	if got := string(AppendText(nil, "a\xff\xfeb\uFFFD")); got != "a\uFFFD\uFFFDb\uFFFD" {
		t.Errorf("%q", got)
	}
	if Holds("a\x01") || Holds("\ufffe") || !Holds("\t\n\rä😀") {
		t.Error("Holds is wrong")
	}
}

func TestShorten(t *testing.T) {
	const long = "123456789 123456789 123456789 123456789ä and more"
	if got := Shorten(long); got != "123456789 123456789 123456789 123456789…" || !utf8.ValidString(got) {
		t.Errorf("%q", got)
	}
	if got := Shorten([]byte("short")); got != "short" {
		t.Errorf("%q", got)
	}
}

// FuzzAppend requires that what was written is read.
func FuzzAppend(f *testing.F) {
	f.Add("a<b>&\"'\r\n\tä😀")
	f.Add("]]>\x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		n := &Node{Name: "a", Attrs: [][2]string{{"b", text}}, Text: text}
		got, err := Parse(n.Append(nil, 0), 0)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		if Holds(text) && utf8.ValidString(text) && (got.Text != text || got.Attrs[0][1] != text) {
			t.Fatalf("%q came back as %q and %q", text, got.Text, got.Attrs[0][1])
		}
	})
}
