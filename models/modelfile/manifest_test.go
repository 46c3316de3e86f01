package modelfile

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/iotest"

	"datum/formats"
)

const zeroHash = `"0000000000000000000000000000000000000000000000000000000000000000"`

func part(name, role string, size any) string {
	return fmt.Sprintf(`{"name":%q,"role":%q,"size":%v,"sha256":%s}`, name, role, size, zeroHash)
}

// Each fault of a manifest alone makes it one that is refused.
func TestManifestFaults(t *testing.T) {
	const content = 10
	good := fmt.Sprintf(`{"version":1,"parts":[%s,%s]}`, part("m.xml", "xml", 4), part("m.bin", "bin", 6))
	if m, err := parseManifest([]byte(good), content); err != nil || len(m.Parts) != 2 {
		t.Fatalf("%+v, %v", m, err)
	}
	change := func(from, to string) string {
		t.Helper()
		if !strings.Contains(good, from) {
			t.Fatalf("there is no %s", from)
		}
		return strings.Replace(good, from, to, 1)
	}
	for name, text := range map[string]string{
		"no JSON":              "parts",
		"cut":                  good[:len(good)-1],
		"something behind":     good + "{}",
		"a list":               "[]",
		"null":                 "null",
		"version 0":            change(`"version":1`, `"version":0`),
		"version 2":            change(`"version":1`, `"version":2`),
		"no parts":             `{"version":1,"parts":[]}`,
		"an unknown role":      change(`"xml"`, `"exe"`),
		"weights first":        change(`"role":"xml"`, `"role":"bin"`),
		"weights alone":        fmt.Sprintf(`{"version":1,"parts":[%s]}`, part("m.bin", "bin", 10)),
		"two models":           fmt.Sprintf(`{"version":1,"parts":[%s,%s]}`, part("a", "onnx", 4), part("b", "onnx", 6)),
		"bytes left over":      change(`"size":6`, `"size":5`),
		"bytes missing":        change(`"size":6`, `"size":7`),
		"a negative size":      strings.Replace(change(`"size":6`, `"size":11`), `"size":4`, `"size":-1`, 1),
		"sizes that overflow":  strings.Replace(change(`"size":6`, `"size":9223372036854775807`), `"size":4`, `"size":9223372036854775807`, 1),
		"a size beyond int64":  change(`"size":6`, `"size":92233720368547758070`),
		"a size with fraction": change(`"size":6`, `"size":6.5`),
		"no name":              change(`"m.xml"`, `""`),
		"a path":               change(`"m.xml"`, `"../m.xml"`),
		"a line break":         change(`"m.xml"`, `"m\n.xml"`),
		"an escape sequence":   change(`"m.xml"`, `"m\u001b[31m.xml"`),
		"a long name":          change(`"m.xml"`, `"`+strings.Repeat("m", 256)+`"`),
		"a short hash":         strings.Replace(good, zeroHash, `"00"`, 1),
		"a hash of letters":    strings.Replace(good, zeroHash, strings.ReplaceAll(zeroHash, "0", "x"), 1),
	} {
		if m, err := parseManifest([]byte(text), content); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%s: %+v, %v", name, m, err)
		}
	}
}

// A manifest is as long as it says, and not too long.
func TestManifestLength(t *testing.T) {
	m := manifest{manifestVersion, []Part{{Name: "c.blob", Role: RoleBlob, Size: 3}}}
	content, err := m.append([]byte("abc"))
	if err != nil {
		t.Fatal(err)
	}
	read := func(b []byte) error {
		_, err := readManifest(bytes.NewReader(b), int64(len(b)))
		return err
	}
	if err := read(content); err != nil {
		t.Error(err)
	}
	for n := range content {
		if err := read(content[:n]); !errors.Is(err, formats.ErrCorrupt) {
			t.Errorf("%d bytes: %v", n, err)
		}
	}
	if err := read(content[1:]); !errors.Is(err, formats.ErrCorrupt) {
		t.Errorf("a byte of the content less: %v", err)
	}
	long := manifest{manifestVersion, make([]Part, 1000)}
	if _, err := long.append(nil); err == nil {
		t.Error("a manifest of 1000 parts was made")
	}
}

func TestHashAsText(t *testing.T) {
	h := Hash{1, 31: 255}
	text, err := json.Marshal(h)
	if err != nil || len(text) != 66 || h.String() != strings.Trim(string(text), `"`) {
		t.Errorf("%s, %v, %s", text, err, h)
	}
	var again Hash
	if err := json.Unmarshal(text, &again); err != nil || again != h {
		t.Errorf("%v, %v", again, err)
	}
}

// How far the constants of an IR reach, whatever stands around them.
func TestWeightsNeeded(t *testing.T) {
	far := strings.Repeat(" ", 1<<17) // more than is read at once
	for text, want := range map[string]int64{
		"":                                       0,
		"<net":                                   0,
		`<data element_type="f32" shape="1,3"/>`: 0,
		`<data offset="8" size="4"/>`:            12,
		`<data size="4" offset="8"/>`:            12,
		`<data offset="8" size="0"/>`:            0,
		`<data offset="-8" size="4"/>`:           0,
		`<data offset="x" size="4"/>`:            0,
		`<data offset="9223372036854775807" size="9"/>`:                          0,
		`<data byte_offset="8" size="4"/>`:                                       0,
		`<data offset="100" size="1"/><data offset="0" size="4"/>`:               101,
		`<layer name="` + far + `"/><data offset="8" size="4"/>`:                 12,
		"<data\toffset=\"8\" size=\"4\"/>":                                       0, // OpenVINO writes no such thing
		`<data element_type="u8" shape="4" offset="96" size="4"></data><output>`: 100,
	} {
		if n, err := weightsNeeded(strings.NewReader(text)); n != want || err != nil {
			t.Errorf("%.60s: %d, %v; want %d", text, n, err, want)
		}
	}
	broken := errors.New("the disk is broken")
	if _, err := weightsNeeded(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("%v", err)
	}
}
