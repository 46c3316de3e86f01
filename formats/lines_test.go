package formats_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"datum/files"
	"datum/formats"
)

func TestEachLine(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "a.txt"), []byte("\ufeffone\r\n\n \t\n  two \nthree"), 0o666); err != nil {
		t.Fatal(err)
	}
	f, err := files.OpenFolder(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	enough := errors.New("enough")
	for _, c := range []struct {
		until int
		want  string
		err   error
	}{{9, `1:"one" 4:"  two " 5:"three" `, nil}, {4, `1:"one" 4:"  two " `, enough}} {
		got := ""
		err := formats.EachLine(f, "x", "a.txt", &formats.ImportOptions{}, func(n int, text string) error {
			got += fmt.Sprintf("%d:%q ", n, text)
			if n == c.until {
				return enough
			}
			return nil
		})
		if got != c.want || err != c.err {
			t.Errorf("%s, %v", got, err)
		}
	}
	never := func(int, string) error { t.Error("a line"); return nil }
	if err := formats.EachLine(f, "x", "b.txt", &formats.ImportOptions{}, never); err == nil {
		t.Error("a file that is not there is read")
	}
	o := &formats.ImportOptions{Limits: files.Limits{RecordBytes: 5}}
	var placed *formats.Error
	if err := formats.EachLine(f, "x", "a.txt", o, never); !errors.Is(err, formats.ErrCorrupt) || !errors.As(err, &placed) {
		t.Errorf("a file too large: %v", err)
	}
}

func TestIsNumber(t *testing.T) {
	for s, want := range map[string]bool{
		"0": true, "-1.5": true, "+.5": true, "1.": true, "1e3": true, "01": true, "1E-9": true,
		"": false, ".": false, "-": false, "e3": false, "Inf": false, "NaN": false, "0x1": false, "1_0": false, "1 2": false, "١": false,
	} {
		if formats.IsNumber(s) != want {
			t.Errorf("%q: %t", s, !want)
		}
	}
}
