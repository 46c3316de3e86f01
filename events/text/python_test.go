package text

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"datum/events"
	"datum/formats/formatstest"
)

// python runs a program, and returns what it prints.
func python(t *testing.T, program string, args ...string) string {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("NOT COMPARED with Python: there is no python3 here")
	}
	cmd := exec.Command(path, append([]string{"-c", program}, args...)...)
	cmd.Env = append(os.Environ(), "PYTHONIOENCODING=utf-8", "PYTHONUTF8=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	return string(out)
}

// vocabularyNames are names that pickles write in all their ways.
func vocabularyNames() []string {
	names := append([]string{"", "\x02", "line\nend", "\r\x00\x1a", strings.Repeat("long", 200), "\u0100", "\x7f\u0080\u00ff", `\u0041`, `'`, `"`, `\'`}, strange...)
	for i := range 2500 { // more than a dictionary is written of at once
		names = append(names, fmt.Sprintf("name%d", i))
	}
	return names
}

// TestReadsPickles reads what Python writes, in all protocols.
func TestReadsPickles(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	names := vocabularyNames()
	text, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "names"), text, 0o600); err != nil {
		t.Fatal(err)
	}
	python(t, `
import json, pickle, sys
names = json.load(open(sys.argv[1] + "/names", encoding="utf-8"))
for protocol in range(6):
    voc = {name: (i * 2654435761 if i % 3 else -i * 70000) for i, name in enumerate(names)}
    pickle.dump(voc, open(sys.argv[1] + "/%d" % protocol, "wb"), protocol)
    pickle._dump(voc, open(sys.argv[1] + "/slow%d" % protocol, "wb"), protocol)
`, dir)
	for protocol := range 6 {
		for _, slow := range []string{"", "slow"} {
			b, err := os.ReadFile(filepath.Join(dir, fmt.Sprint(slow, protocol)))
			if err != nil {
				t.Fatal(err)
			}
			i := 0
			err = ReadVocabulary(bytes.NewReader(b), func(name []byte, number int64) error {
				want := int64(i) * 2654435761
				if i%3 == 0 {
					want = -int64(i) * 70000
				}
				if string(name) != names[i] || number != want {
					t.Fatalf("protocol %d: %q is %d, want %q %d", protocol, name, number, names[i], want)
				}
				i++
				return nil
			})
			if err != nil || i != len(names) {
				t.Errorf("protocol %d: %d names, %v", protocol, i, err)
			}
		}
	}
}

// TestPythonReadsPickles lets Python read what is written.
func TestPythonReadsPickles(t *testing.T) {
	t.Parallel()
	log := generated(t, 3, strange)
	dir, _ := export(t, "dien", log, events.ExportOptions{})
	got := python(t, `
import collections, pickle, sys
d = sys.argv[1] + "/"
uid, mid, cat = collections.Counter(), collections.Counter(), collections.Counter()
for line in open(d + "local_train_splitByUser", encoding="utf-8", newline="\n"):
    clk, u, m, c, ms, cs = line.strip("\n").split("\t")
    uid[u] += 1
    mid.update([m] + ms.split("\x02"))
    cat.update([c] + cs.split("\x02"))
del cat["default_cat"]
for name, counts, first in (("uid", uid, None), ("mid", mid, "default_mid"), ("cat", cat, "default_cat")):
    voc = pickle.load(open(d + name + "_voc.pkl", "rb"))
    if first is not None:
        assert voc.pop(first) == 0, name
    order = sorted(counts, key=lambda k: (-counts[k], k.encode()))
    want = {k: i + (first is not None) for i, k in enumerate(order)}
    assert voc == want and all(type(k) is str and type(v) is int for k, v in voc.items()), name
    print(name, len(voc) > 5)
meta = dict(line.rstrip("\n").split("\t") for line in open(d + "item-info", encoding="utf-8", newline="\n"))
for line in open(d + "reviews-info", encoding="utf-8", newline="\n"):
    user, item, overall, time = line.strip().split("\t")
    assert item in meta and repr(float(overall)) == overall and str(int(time)) == time, line
print("ok")
`, dir)
	if got != "uid True\nmid True\ncat True\nok\n" {
		t.Errorf("%s", got)
	}
}

// TestLiterals reads dictionaries as Python does.
func TestLiterals(t *testing.T) {
	t.Parallel()
	names := append([]string{"", "\x7f\u0080\u00ff\u0100", "tab\t nl\n cr\r nul\x00 bel\a", `it's "both"`, `\x41`}, strange...)
	var sources, wants []string
	for _, name := range names {
		for _, form := range []string{"json", "repr", "ascii"} {
			sources, wants = append(sources, form), append(wants, name)
		}
	}
	in, err := json.Marshal(map[string][]string{"forms": sources, "names": wants})
	if err != nil {
		t.Fatal(err)
	}
	out := python(t, `
import json, sys
x = json.loads(sys.argv[1])
for form, name in zip(x["forms"], x["names"]):
    v = {"reviewerID": name, "asin": name, "helpful": [0, (1, -2.5e3)], "a": {"b": None, "c": True}, "unixReviewTime": 12}
    if form == "json": print(json.dumps(v))
    elif form == "repr": print(repr(v))
    else: print("{'reviewerID': u%s, 'asin': u%s, 'unixReviewTime': 12L}" % (ascii(name), ascii(name)))
`, string(in))
	for i, text := range strings.Split(strings.TrimSuffix(out, "\n"), "\n") {
		var user, item []byte
		p := &literal{b: []byte(text)}
		err := p.whole(func(key []byte) error {
			switch string(key) {
			case "reviewerID":
				return p.keep(&user)
			case "asin":
				return p.keep(&item)
			}
			return p.skip()
		})
		if sources[i] == "repr" && strings.Contains(text, `\x`) {
			continue // there it is a byte, see TestLiteralBytes
		}
		if err != nil || string(user) != wants[i] || string(item) != wants[i] {
			t.Errorf("%s: %q and %q, %v", text, user, item, err)
		}
	}
}

// TestLiteralBytes reads what Python 2 wrote of bytes.
func TestLiteralBytes(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`'Caf\xc3\xa9'`: "Café", `u'Caf\xe9'`: "Café", `u'\U0001f600'`: "\U0001f600", `"\ud83d\ude00"`: "\U0001f600", `'\101\0'`: "A\x00", `'\q'`: `\q`, `''`: "", `"it's"`: "it's",
	} {
		p := &literal{b: []byte(text)}
		if got, err := p.text(); err != nil || string(got) != want || p.at != len(text) {
			t.Errorf("%s: %q, %v", text, got, err)
		}
	}
	for _, text := range []string{`'`, `'\`, `'\x4'`, `'\u12'`, `"\ud800"`, `u'\Uffffffff'`, `''' '''x`} {
		p := &literal{b: []byte("{'a': " + text + "}")}
		if err := p.whole(func([]byte) error { return p.skip() }); err == nil {
			t.Errorf("%s is read", text)
		}
	}
	deep := &literal{b: []byte("{'a': " + strings.Repeat("[", 100_000))}
	if err := deep.whole(func([]byte) error { return deep.skip() }); err == nil || !strings.Contains(err.Error(), "nested too deeply") {
		t.Errorf("%v", err)
	}
}

// A text that is nothing but escapes is read in one go, and not searched to its end from
// each of them, which would take hours.
func TestLiteralEscapes(t *testing.T) {
	t.Parallel()
	const count = longestLine / 2
	text := "'" + strings.Repeat(`\n`, count) + strings.Repeat(`\'`, 10) + "'"
	p := &literal{b: []byte(text)}
	if got, err := p.text(); err != nil || len(got) != count+10 || p.at != len(text) {
		t.Errorf("%d bytes, up to %d of %d: %v", len(got), p.at, len(text), err)
	}
}

// TestPythonReadsCSV lets Python read a table, and reads what Python writes.
func TestPythonReadsCSV(t *testing.T) {
	t.Parallel()
	log := generated(t, 8, append([]string{" space ", "a\nb", "\r"}, strange...))
	dir, _ := export(t, "csv", log, events.ExportOptions{Name: "a"})
	python(t, `
import csv, sys
d = sys.argv[1] + "/"
for name in ("a", "a.items"):
    with open(d + name + ".csv", newline="", encoding="utf-8") as f: rows = list(csv.reader(f))
    for quoting in (csv.QUOTE_ALL, csv.QUOTE_MINIMAL):
        with open(d + name + ".csv", "w", newline="", encoding="utf-8-sig") as f: csv.writer(f, quoting=quoting, delimiter=";").writerows(rows)
    `, dir)
	back := mustImport(t, "csv", formatstest.Folder(t, dir), events.ImportOptions{})
	same(t, dump(t, back.log), dump(t, log))
	if !strings.HasPrefix(read(t, dir, "a.csv"), "\ufeffuser;item;") {
		t.Errorf("%.40q", read(t, dir, "a.csv"))
	}
}
