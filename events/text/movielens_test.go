package text

import (
	"bufio"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"datum/events"
	"datum/formats/formatstest"
)

// realData is a folder with the ml-100k.inter and ml-100k.item that come with
// RecBole 1.2.1. They are not ours to pass on.
func realData(t *testing.T) string {
	t.Helper()
	dir := os.Getenv("DATUM_ML100K")
	if dir == "" {
		t.Skip("SKIPPED, NOT PASSED: nothing was compared with real data: set DATUM_ML100K to the folder dataset_example/ml-100k of the wheel of recbole 1.2.1")
	}
	return dir
}

// TestMovieLens100k reads real data, writes it in every way, and reads that again.
func TestMovieLens100k(t *testing.T) {
	t.Parallel()
	in := mustImport(t, "recbole", formatstest.Folder(t, realData(t)), events.ImportOptions{})
	if n := in.log.Info(); n.Users != 943 || n.Items != 1682 || n.Events != 100_000 || n.Categories != 216 {
		t.Errorf("%+v", n)
	}
	if n := in.report.Tolerated(); !strings.Contains(n.String(), "events came after") {
		t.Errorf("%v", n)
	}
	whole := dump(t, in.log)
	lines(t, filepath.Join(realData(t), "ml-100k.inter"), whole)
	for _, format := range []string{"recbole", "csv", "dien"} {
		dir, loss := export(t, format, in.log, events.ExportOptions{})
		lossIs(t, loss, "")
		back := mustImport(t, format, formatstest.Folder(t, dir), events.ImportOptions{})
		same(t, dump(t, back.log), whole)
	}
}

// lines compares the events of a log with those of a file, whatever their order.
func lines(t *testing.T, path, dumped string) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want := map[string]int{}
	in := bufio.NewScanner(f)
	in.Scan()
	for in.Scan() {
		c := strings.Split(in.Text(), "\t")
		want[c[0]+" "+c[1]+" "+c[3]+" "+c[2]]++
	}
	for _, line := range strings.Split(dumped, "\n") {
		if strings.Count(line, " ") == 3 && !strings.Contains(line, ":") {
			if want[line]--; want[line] == 0 {
				delete(want, line)
			}
		}
	}
	if len(want) > 0 {
		t.Errorf("%d lines are not there as they were", len(want))
	}
}
