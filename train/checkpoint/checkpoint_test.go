package checkpoint

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
	"testing/iotest"

	"datum/formats"
)

var kind = Kind{Magic: "magic 1\n", Of: "a test", Most: 40}

// What was written is read, and what is behind it is left to whoever reads that.
func TestProgress(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	if err := kind.Write(&b, map[string]int{"epochs": 3}); err != nil {
		t.Fatal(err)
	}
	b.WriteString("state")
	var got map[string]int
	if err := kind.Read(&b, &got); err != nil || got["epochs"] != 3 || len(got) != 1 {
		t.Errorf("%v, %v", got, err)
	}
	if rest, err := io.ReadAll(&b); string(rest) != "state" || err != nil {
		t.Errorf("%q is left, %v", rest, err)
	}
}

// What is no checkpoint of this kind, or is damaged, says so.
func TestDamaged(t *testing.T) {
	t.Parallel()
	with := func(length uint64, text string) string {
		return kind.Magic + string(binary.LittleEndian.AppendUint64(nil, length)) + text
	}
	for text, want := range map[string]string{
		"":                                "no checkpoint of a test",
		kind.Magic:                        "no checkpoint of a test",
		"magic 2\n" + with(2, "{}")[8:]:   "no checkpoint of a test",
		with(3, "{}"):                     "not whole",
		with(41, strings.Repeat(" ", 41)): "41 bytes",
		with(math.MaxUint64, ""):          "bytes",
		with(2, "[1"):                     "unexpected end",
		with(2, "[]"):                     "cannot unmarshal",
	} {
		var got map[string]int
		if err := kind.Read(strings.NewReader(text), &got); !errors.Is(err, formats.ErrCorrupt) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v", text, err)
		}
	}
	broken := errors.New("not authentic")
	if err := End(iotest.ErrReader(broken)); !errors.Is(err, formats.ErrCorrupt) || !errors.Is(err, broken) {
		t.Errorf("an end that is not authentic: %v", err)
	}
	if err := End(strings.NewReader("more")); err != nil {
		t.Error(err)
	}
}

// Only the same training goes on, and is told what is another.
func TestSame(t *testing.T) {
	t.Parallel()
	was := map[string]string{"batch": "4", "seed": "1", "of old": "x"}
	if err := Same(was, map[string]string{"batch": "4", "seed": "1"}); err != nil {
		t.Error(err)
	}
	for what, is := range map[string]map[string]string{"batch 4, not 5": {"batch": "5", "seed": "2"}, "seed 1, not 2": {"batch": "4", "seed": "2"}, "size , not 3": {"size": "3"}} {
		if err := Same(was, is); !errors.Is(err, formats.ErrUsage) || !strings.Contains(err.Error(), what) {
			t.Errorf("%v: %v", is, err)
		}
	}
}
