package xmltext

import (
	"encoding/binary"
	"errors"
	"testing"
	"unicode/utf16"

	"datum/formats"
)

func utf16Text(order binary.AppendByteOrder, text string) string {
	var b []byte
	for _, u := range utf16.Encode([]rune(text)) {
		b = order.AppendUint16(b, u)
	}
	return string(b)
}

func TestUTF8(t *testing.T) {
	const text = "<a>Größe😀</a>"
	for name, c := range map[string]struct{ data, want string }{
		"plain":            {text, text},
		"byte order mark":  {"\uFEFF" + text, text},
		"big-endian":       {"\xfe\xff" + utf16Text(binary.BigEndian, text), text},
		"little-endian":    {"\xff\xfe" + utf16Text(binary.LittleEndian, text), text},
		"half a surrogate": {"\xfe\xff\xd8\x3d", "\uFFFD"},
		"half a letter":    {"\xfe\xff\x00a\x00", "a"},
		"Latin-1":          {"<?xml version='1.0' encoding='ISO-8859-1'?>\xe4", "<?xml version='1.0' encoding='ISO-8859-1'?>ä"},
		"declared UTF-8":   {`<?xml encoding = "utf-8"?>ä`, `<?xml encoding = "utf-8"?>ä`},
	} {
		if got, err := UTF8([]byte(c.data)); err != nil || string(got) != c.want {
			t.Errorf("%s: %q, %v", name, got, err)
		}
	}
	for data, want := range map[string]string{
		"<?xml encoding='gbk'?>": `the encoding "gbk" is not one of UTF-8, UTF-16 and ISO-8859-1`,
		"a\xff":                  "the text is not UTF-8, and no other encoding is declared",
	} {
		if _, err := UTF8([]byte(data)); !errors.Is(err, formats.ErrCorrupt) || err.Error() != want {
			t.Errorf("%q: %v", data, err)
		}
	}
	var at *Error
	if _, err := CheckUTF8([]byte("\uFEFFab\xff")); !errors.As(err, &at) || at.At != 5 {
		t.Errorf("%+v", at)
	}
}

// TestDecoded requires that a text which was decoded may say otherwise.
func TestDecoded(t *testing.T) {
	s := Of([]byte("<?xml version='1.0' encoding='UTF-16'?><a/>"), 0)
	s.Decoded = true
	if got, err := tokens(s); err != nil || got != "<a@39-43> </a@43-43> " {
		t.Errorf("%s, %v", got, err)
	}
}

func TestDocTypes(t *testing.T) {
	for text, want := range map[string]string{
		"<!DOCTYPE a SYSTEM 'x.dtd'>\n<a/>":     "",
		"<!DOCTYPE a [<!ENTITY b 'c'>]><a/>":    "a document type with declarations in it is refused: it could make a small file a large one",
		"<!DOCTYPE a":                           "the file ends inside a tag",
		"<!DOCTYPE a [":                         "a document type with declarations in it is refused: it could make a small file a large one",
		"<a><!DOCTYPE a></a>":                   "a document type or entity, which datum does not read",
		"<!ENTITY a 'b'><a/>":                   "a document type or entity, which datum does not read",
		"<!DOCTYPE a><!DOCTYPE a><a>&lt;</a>":   "",
		"<!DOCTYPE a SYSTEM 'x.dtd'><a>&b;</a>": "the reference &b; stands for nothing that XML knows",
	} {
		s := Of([]byte(text), 0)
		s.DocTypes = true
		_, err := tokens(s)
		if want == "" && err != nil || want != "" && (err == nil || err.Error() != want) {
			t.Errorf("%s: %v", text, err)
		}
	}
}
