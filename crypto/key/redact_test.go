package key_test

import (
	"bytes"
	"encoding"
	"encoding/base64"
	"encoding/gob"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"log"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"text/template"

	"datum/crypto/key"
)

// visible is a secret which is easy to find again, whatever prints it.
var visible = []byte("SIGNING-SECRET-.AES-SECRET-BYTES")

func visibleKey(t testing.TB) *key.Key {
	return mustParse(t, key.Prefix+base64.URLEncoding.EncodeToString(visible))
}

// traces are the ways in which four bytes of the secret may show: as text, in
// hexadecimal, as lists of numbers, in base64.
func traces() []string {
	all := []string{"SIGN", "SECRET", "BYTES", "AES-"}
	text := base64.URLEncoding.EncodeToString(visible)
	for i := 0; i+8 <= len(text); i += 4 {
		all = append(all, text[i:i+8])
	}
	for i := 0; i+4 <= len(visible); i += 4 {
		four := visible[i : i+4]
		hexed := hex.EncodeToString(four)
		dec := strings.Trim(fmt.Sprint(four), "[]")
		all = append(all, hexed, strings.ToUpper(hexed), fmt.Sprintf("% x", four), fmt.Sprintf("% X", four),
			dec, strings.ReplaceAll(dec, " ", ","), strings.ReplaceAll(dec, " ", ", "),
			fmt.Sprintf("%#v", four)[len("[]byte{"):len("[]byte{")+22], strings.Trim(fmt.Sprintf("%b", four), "[]"),
			strings.Trim(fmt.Sprintf("%o", four), "[]"), strings.Trim(fmt.Sprintf("%U", four), "[]"),
			strings.Trim(fmt.Sprintf("%q", four), `"`))
	}
	return all
}

var allTraces = traces()

func checkHidden(t *testing.T, what, got string) {
	t.Helper()
	for _, trace := range allTraces {
		if strings.Contains(got, trace) {
			t.Fatalf("%s shows %q: %s", what, trace, got)
		}
	}
}

// If a trace could not be found in a plain array, this test would prove nothing.
func TestTracesAreFound(t *testing.T) {
	array := [32]byte(visible)
	for _, format := range []string{"%v", "%+v", "%#v", "%s", "%x", "%X", "% x", "%d", "%q", "%b", "%o", "%U"} {
		got := fmt.Sprintf(format, array)
		found := false
		for _, trace := range traces() {
			found = found || strings.Contains(got, trace)
		}
		if !found {
			t.Errorf("%s of the bare array is not recognised: %s", format, got)
		}
	}
}

type hidden struct{ k key.Key }
type hiddenPointer struct{ k *key.Key }
type shown struct{ K key.Key }
type shownPointer struct{ K *key.Key }
type embedded struct{ *key.Key }
type keyError struct{ k *key.Key }

func (keyError) Error() string { return "an error which holds a key" }

// carriers are all the places in which a key may be handed to a printer.
func carriers(k *key.Key) []any {
	var pk any = k
	return []any{
		k, *k, &k, &pk,
		hidden{*k}, &hidden{*k}, hiddenPointer{k}, &hiddenPointer{k},
		shown{*k}, &shown{*k}, shownPointer{k}, &shownPointer{k}, embedded{k}, &embedded{k},
		[]key.Key{*k}, []*key.Key{k}, [1]key.Key{*k}, [1]*key.Key{k}, []any{k, *k}, [][]hidden{{{*k}}},
		map[string]key.Key{"k": *k}, map[string]*key.Key{"k": k}, map[string]any{"k": hidden{*k}},
		keyError{k}, &keyError{k}, fmt.Errorf("wrapped: %w", keyError{k}), errors.Join(keyError{k}, keyError{k}),
		fmt.Errorf("with value: %v", k), reflect.ValueOf(k), reflect.ValueOf(*k), reflect.ValueOf(hidden{*k}),
		struct{ a, b any }{k, *k}, k.Cipher(), hiddenFunc(k),
		key.Lookup{Prompt: func() ([]byte, error) { return k.AppendText(nil), nil }},
	}
}

func hiddenFunc(k *key.Key) func() *key.Key { return func() *key.Key { return k } }

// A verb which does not fit, such as %s for a structure with a key in an
// unexported field, makes fmt print all that a pointer leads to.
func TestNoVerbPrintsTheKey(t *testing.T) {
	k := visibleKey(t)
	for _, arg := range carriers(k) {
		for verb := rune('!'); verb <= '~'; verb++ {
			for _, flag := range []string{"", "+", "#", " ", "-40.30"} {
				checkHidden(t, fmt.Sprintf("%%%s%c of %T", flag, verb, arg), fmt.Sprintf("%"+flag+string(verb), arg))
			}
		}
		checkHidden(t, fmt.Sprintf("Sprint of %T", arg), fmt.Sprint(arg)+fmt.Sprintln(arg))
	}
}

func TestEveryVerbSaysRedacted(t *testing.T) {
	k := visibleKey(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%z"} {
		for _, arg := range []any{k, *k} {
			if got := fmt.Sprintf(verb, arg); got != "[redacted]" {
				t.Errorf("%s of %T is %q", verb, arg, got)
			}
		}
	}
	if k.String() != "[redacted]" {
		t.Errorf("String is %q", k)
	}
}

func TestNilKeyPrints(t *testing.T) {
	var k *key.Key
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%d"} {
		if got := fmt.Sprintf(verb, k); strings.Contains(got, "PANIC") {
			t.Errorf("%s: %s", verb, got)
		}
	}
}

func TestPanicDoesNotShowTheKey(t *testing.T) {
	k := visibleKey(t)
	defer func() { checkHidden(t, "a recovered panic", fmt.Sprint(recover())) }()
	panic(fmt.Sprintf("%v %v", k, shown{*k}))
}

func TestEncodersDoNotShowTheKey(t *testing.T) {
	k := visibleKey(t)
	for _, arg := range carriers(k) {
		if b, err := json.Marshal(arg); err == nil {
			checkHidden(t, fmt.Sprintf("JSON of %T", arg), string(b))
		} else {
			checkHidden(t, fmt.Sprintf("JSON error of %T", arg), err.Error())
		}
		if b, err := xml.Marshal(arg); err == nil {
			checkHidden(t, fmt.Sprintf("XML of %T", arg), string(b))
		}
		var buf bytes.Buffer
		err := gob.NewEncoder(&buf).Encode(arg)
		checkHidden(t, fmt.Sprintf("gob of %T", arg), buf.String()+fmt.Sprint(err))
	}
}

func TestJSONSaysRedacted(t *testing.T) {
	k := visibleKey(t)
	b, err := json.Marshal(map[string]any{"pointer": k, "value": *k, "inside": shown{*k}})
	want := `{"inside":{"K":"[redacted]"},"pointer":"[redacted]","value":"[redacted]"}`
	if err != nil || string(b) != want {
		t.Errorf("got %s, %v", b, err)
	}
	//lint:ignore SA9005 that it has nothing to fill is what is tested
	if err := json.Unmarshal([]byte(`"[redacted]"`), new(key.Key)); err == nil {
		t.Error("a key came back from its redacted form")
	}
}

func TestGobRefuses(t *testing.T) {
	k := visibleKey(t)
	for _, arg := range []any{k, *k, shown{*k}, shownPointer{k}} {
		if err := gob.NewEncoder(new(bytes.Buffer)).Encode(arg); err == nil {
			t.Errorf("gob takes %T", arg)
		}
	}
}

// An encoder which knows other interfaces than these would go around them.
func TestNoInterfaceGivesTheSecret(t *testing.T) {
	k := any(visibleKey(t))
	if _, ok := k.(encoding.BinaryMarshaler); ok {
		t.Error("a key is a BinaryMarshaler")
	}
	if _, ok := k.(encoding.TextAppender); ok {
		t.Error("a key is a TextAppender, which encoders call")
	}
	text, err := k.(encoding.TextMarshaler).MarshalText()
	if err != nil || string(text) != "[redacted]" {
		t.Errorf("MarshalText gives %q, %v", text, err)
	}
}

func TestLogsDoNotShowTheKey(t *testing.T) {
	k := visibleKey(t)
	var out bytes.Buffer
	handlers := map[string]slog.Handler{
		"text": slog.NewTextHandler(&out, nil),
		"JSON": slog.NewJSONHandler(&out, nil),
	}
	for name, handler := range handlers {
		logger := slog.New(handler)
		for _, arg := range carriers(k) {
			out.Reset()
			logger.Info("message", "key", arg, slog.Group("group", "key", arg))
			logger.With("key", arg).WithGroup("g").Error("message", slog.Any("key", arg))
			checkHidden(t, fmt.Sprintf("slog %s of %T", name, arg), out.String())
		}
		out.Reset()
		logger.Info("message", "pointer", k, "value", *k)
		if got := strings.Count(out.String(), "[redacted]"); got != 2 {
			t.Errorf("slog %s: %d times redacted: %s", name, got, &out)
		}
	}
	out.Reset()
	log.New(&out, "", 0).Println(carriers(k)...)
	checkHidden(t, "package log", out.String())
}

func TestTemplatesDoNotShowTheKey(t *testing.T) {
	k := visibleKey(t)
	var out strings.Builder
	tmpl := template.Must(template.New("").Parse(`{{.}} {{printf "%x" .}} {{println .}} {{print .}}`))
	if err := tmpl.Execute(&out, k); err != nil {
		t.Fatal(err)
	}
	checkHidden(t, "a template", out.String())
}
