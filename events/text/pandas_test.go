package text

import (
	"encoding/json"
	"os/exec"
	"testing"

	"datum/events"
	"datum/internal/peertest"
)

// TestRecBoleReads reads atomic files as RecBole 1.2.1 does, by pandas with the
// types of the header, and compares all columns. Names that pandas takes for
// missing values are those that were counted.
func TestRecBoleReads(t *testing.T) {
	t.Parallel()
	interpreter := peertest.Python(t, peertest.Old)
	names := append([]string{"NaN", "NA", "nan", "n/a", " space ", "#N/A", "1.#IND", "mid\"dle", "\u2028", "\x0b"}, strange...)
	log := generated(t, 6, names)
	dir, loss := export(t, "recbole", log, events.ExportOptions{Name: "set"})
	out, err := exec.Command(interpreter, "-c", `
import json, sys
import numpy as np, pandas as pd
def read(path):
    head = open(path, encoding="utf-8").readline()[:-1].split("\t")
    types = {h: np.float64 if h.endswith(":float") else str for h in head}
    df = pd.read_csv(path, delimiter="\t", usecols=head, dtype=types, encoding="utf-8", engine="python")
    return [[None if pd.isna(v) else v for v in row] for row in df.itertuples(index=False)]
print(json.dumps([read(sys.argv[1] + "/set.inter"), read(sys.argv[1] + "/set.item")]))
`, dir).Output()
	if err != nil {
		t.Fatal(err)
	}
	var tables [2][][]any
	if err := json.Unmarshal(out, &tables); err != nil {
		t.Fatal(err)
	}
	v, err := log.Vocabularies()
	if err != nil {
		t.Fatal(err)
	}
	lost := map[string]bool{}
	is := func(got any, name string) {
		t.Helper()
		if got == nil && name != "" {
			lost[name] = true
		} else if got != nil && got != name {
			t.Fatalf("%q is read as %q", name, got)
		}
	}
	row := 0
	for h, err := range log.Histories(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for i, item := range h.Items {
			got := tables[0][row]
			is(got[0], v.Users.Names[h.User])
			is(got[1], v.Items.Names[item])
			if got[2] != h.Values[i] || got[3] != float64(h.Times[i]) {
				t.Fatalf("row %d: %v, want %v and %d", row, got, h.Values[i], h.Times[i])
			}
			row++
		}
	}
	for i, got := range tables[1] {
		is(got[0], v.Items.Names[i+1])
		is(got[1], v.Categories.Names[v.Category[i+1]])
	}
	if row != len(tables[0]) || v.Items.Len() != len(tables[1]) {
		t.Errorf("%d events and %d items", row, len(tables[1]))
	}
	for name := range lost {
		if !missingWords[name] {
			t.Errorf("%q is read as missing, and was not counted", name)
		}
	}
	if len(lost) == 0 || loss.Total() < len(lost) {
		t.Errorf("%d names are read as missing, counted: %v", len(lost), loss)
	}
}
