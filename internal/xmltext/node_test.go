package xmltext

import (
	"errors"
	"strings"
	"testing"

	"datum/formats"
)

func TestNode(t *testing.T) {
	const text = `<a x="1 &lt; 2"><b> one </b><c/><b>two<!-- --> &amp; three</b>
  <d>layout<b>four</b></d></a>`
	n, err := Parse([]byte(text), 0)
	if err != nil {
		t.Fatal(err)
	}
	if n.Value("b") != "one" || n.Value("c") != "" || n.Value("x") != "" || n.Child("x") != nil || n.Child("x").Child("y") != nil || n.Child("x").Value("y") != "" {
		t.Errorf("%+v", n)
	}
	var found []string
	n.Each("b", func(b *Node) { found = append(found, b.Text) })
	(*Node)(nil).Each("b", nil)
	if got := strings.Join(found, "|"); got != " one |two & three|four" {
		t.Errorf("%s", got)
	}
	const line = `<a x="1 &lt; 2"><b> one </b><c/><b>two &amp; three</b><d><b>four</b></d></a>`
	if got := string(n.Append(nil, -1)); got != line {
		t.Errorf("%s", got)
	}
	const lines = "<a x=\"1 &lt; 2\">\n  <b> one </b>\n  <c/>\n  <b>two &amp; three</b>\n  <d>\n    <b>four</b>\n  </d>\n</a>"
	if got := string(n.Append(nil, 0)); got != lines {
		t.Errorf("%s", got)
	}
	old := n.Children[0]
	n.Set("b", "new")
	n.Set("e", "last")
	if n.Value("b") != "new" || n.Value("e") != "last" || old.Text != " one " || len(n.Children) != 5 {
		t.Errorf("%s", n.Append(nil, -1))
	}
}

func TestParseRefuses(t *testing.T) {
	for text, want := range map[string]string{
		"":                 "the file has no element",
		"<a/><b/>":         "a second root, <b>",
		"<a/>x":            "text behind the end of <a>",
		"<a>":              "the file ends inside <a>",
		"<a b='&c;'/>":     "the reference &c; stands for nothing that XML knows",
		"<a><b c></b></a>": `<b> has an attribute that is not written as name="value"`,
		"<a>&</a>":         `a "&" that begins no reference`,
	} {
		if _, err := Parse([]byte(text), 0); !errors.Is(err, formats.ErrCorrupt) || err.Error() != want {
			t.Errorf("%s: %v", text, err)
		}
	}
	var at *Error
	if _, err := Parse([]byte("<a><b></a>"), 100); !errors.As(err, &at) || at.At != 106 {
		t.Errorf("%+v", at)
	}
}

// TestReadLimit requires that a tree has no more elements than asked for.
func TestReadLimit(t *testing.T) {
	for most, ok := range map[int]bool{2: false, 3: true} {
		s := Of([]byte("<a><b/><b/></a>"), 0)
		start, err := s.Next()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := Read(s, start, most); (err == nil) != ok || err != nil && err.Error() != "<a> has more than 2 elements" {
			t.Errorf("%d: %v", most, err)
		}
	}
}
