package xmltext

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"datum/formats"
)

// tokens writes down what a scanner finds.
func tokens(s *Scanner) (string, error) {
	var b strings.Builder
	for {
		t, err := s.Next()
		if err != nil {
			return b.String(), err
		}
		switch t.Kind {
		case Start:
			list, err := t.Attribs(nil)
			if err != nil {
				return b.String(), err
			}
			fmt.Fprintf(&b, "<%s@%d-%d", t.Name, t.At, t.End)
			for _, a := range list {
				v, err := Unescape(a.Raw, true)
				if err != nil {
					return b.String(), err
				}
				fmt.Fprintf(&b, " %s=%q", a.Name, v)
			}
			b.WriteString("> ")
		case End:
			fmt.Fprintf(&b, "</%s@%d-%d> ", t.Name, t.At, t.End)
		case Text:
			text, err := t.Content()
			if err != nil {
				return b.String(), err
			}
			fmt.Fprintf(&b, "%q ", text)
		case EOF:
			return b.String(), nil
		}
	}
}

func TestScanner(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"<a/>", `<a@0-4> </a@4-4> `},
		{"<a b='1' c = \"x>y\" >t</a >", `<a@0-20 b="1" c="x>y"> "t" </a@21-26> `},
		{"<?xml version='1.0' encoding='utf-8'?>\n<!-- <b> --><a><!-- - -- --></a>\n", `<a@51-54> </a@67-71> `},
		{"<a><![CDATA[<b>&lt;]]>]</a>", `<a@0-3> "<b>&lt;" "]" </a@23-27> `},
		{"<a x='&lt;&gt;&amp;&quot;&apos;&#65;&#x42;'>&#10;\r\n\r</a>", `<a@0-44 x="<>&\"'AB"> "\n\n\n" </a@52-56> `},
		{"<a x='1\n2\t3&#10;'/>", `<a@0-19 x="1 2 3\n"> </a@19-19> `},
		{"\uFEFF<a/>", `<a@3-7> </a@7-7> `},
		{"<ü ö='ß'/>", `<ü@0-13 ö="ß"> </ü@13-13> `},
	} {
		for name, in := range map[string]io.Reader{"whole": strings.NewReader(c.text), "byte by byte": iotest.OneByteReader(strings.NewReader(c.text))} {
			got, err := tokens(New(in, 0, 1000))
			if err != nil || got != c.want {
				t.Errorf("%q, %s:\n got %s, %v\nwant %s", c.text, name, got, err, c.want)
			}
		}
	}
}

func TestScannerRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                        "the file has no element",
		"text":                    "text outside of the elements; this is no XML file",
		"<a>":                     "the file ends inside <a>",
		"<a":                      "the file ends inside a tag",
		"<a><!-- ":                "the file ends inside <a>",
		"<a></b>":                 "<a> ends with </b>",
		"<a/></b>":                "</b> ends no element that is open",
		"<a/><b/>":                "a second root, <b>",
		"<a/>text":                "text behind the end of <a>",
		"<![CDATA[x]]><a/>":       "text outside of the elements",
		"<a<b/>":                  "a tag that does not end",
		"<a b/>":                  `<a> has an attribute that is not written as name="value"`,
		"<a =''/>":                `<a> has an attribute that is not written as name="value"`,
		"<a b=1/>":                `<a> has an attribute that is not written as name="value"`,
		"<a b='1' b='2'/>":        `<a> has the attribute "b" twice`,
		"<a>&nbsp;</a>":           "the reference &nbsp; stands for nothing that XML knows",
		"<a>&#0;</a>":             "the reference &#0; stands for nothing that XML knows",
		"<a>&#xD800;</a>":         "the reference &#xD800; stands for nothing that XML knows",
		"<a>&#x110000;</a>":       "the reference &#x110000; stands for nothing that XML knows",
		"<a>a & b</a>":            `a "&" that begins no reference`,
		"<a>\xff</a>":             "text that is not UTF-8",
		"<a><![CDATA[\xff]]></a>": "text that is not UTF-8",
		"<!DOCTYPE a><a/>":        "a document type or entity, which datum does not read",
		"<?xml version='1.0' encoding=\"ISO-8859-1\"?><a/>": `the encoding is "iso-8859-1"; datum reads UTF-8 only`,
		"< a/>": `"" is no name of an element`,
	} {
		_, err := tokens(New(strings.NewReader(text), 0, 1000))
		if !errors.Is(err, formats.ErrCorrupt) || err.Error() != want {
			t.Errorf("%q: %v, want %s", text, err, want)
		}
	}
}

// TestScannerLimit requires that no token grows beyond the limit.
func TestScannerLimit(t *testing.T) {
	text := "<a b='" + strings.Repeat("x", 1<<20) + "'/>"
	_, err := tokens(New(strings.NewReader(text), 0, 1000))
	if !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), "more than 1000 bytes") {
		t.Error(err)
	}
}

// TestReadError requires that an error of the disk stays one.
func TestReadError(t *testing.T) {
	disk := errors.New("disk")
	in := io.MultiReader(strings.NewReader("<a><b>"), iotest.ErrReader(disk))
	if _, err := tokens(New(in, 0, 1000)); !errors.Is(err, disk) || errors.Is(err, formats.ErrCorrupt) {
		t.Error(err)
	}
}

// FuzzScanner requires that tokens do not depend on how a file is read.
func FuzzScanner(f *testing.F) {
	f.Add("<a b='1' c = \"x>y\" ><![CDATA[<b>&lt;]]>]&#10;<!-- x --></a>")
	f.Add("\uFEFF<?xml encoding='utf-8'?><annotations><meta/></annotations>")
	f.Fuzz(func(t *testing.T, text string) {
		whole, err := tokens(New(strings.NewReader(text), 0, 1<<20))
		bits, err2 := tokens(New(iotest.OneByteReader(strings.NewReader(text)), 0, 1<<20))
		if whole != bits || (err == nil) != (err2 == nil) {
			t.Fatalf("%s, %v\n%s, %v", whole, err, bits, err2)
		}
		chunk, err3 := tokens(Of([]byte(text), 0))
		if err == nil && (err3 != nil || chunk != whole) {
			t.Fatalf("%s, %v", chunk, err3)
		}
	})
}
