package text

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"datum/events"
	"datum/formats"
	"datum/formats/formatstest"
)

// fuzzFormat reads a file of a format, alone and with one of items beside. What
// comes out of it is a log, or an error that says what is wrong; the log can be
// written as csv and read again.
func fuzzFormat(f *testing.F, format, name, itemsName string) {
	for _, test := range importTests {
		if test.format == format && test.files[name] != "" {
			f.Add([]byte(test.files[name]), []byte(test.files[itemsName]))
		}
	}
	f.Fuzz(func(t *testing.T, text, items []byte) {
		dir := t.TempDir()
		for n, b := range map[string][]byte{name: text, itemsName: items} {
			if n != "" {
				if err := os.WriteFile(filepath.Join(dir, n), b, 0o600); err != nil {
					t.Fatal(err)
				}
			}
		}
		in := formatstest.Folder(t, dir)
		detected(t, in)
		got, err := tryImport(t, format, in, events.ImportOptions{})
		if err != nil {
			if !errors.Is(err, formats.ErrCorrupt) && !errors.Is(err, formats.ErrUnknownFormat) {
				t.Fatalf("%v matches no sentinel", err)
			}
			return
		}
		out, loss := export(t, "csv", got.log, events.ExportOptions{})
		if loss.Total() != 0 {
			t.Fatal(loss)
		}
		back := mustImport(t, "csv", formatstest.Folder(t, out), events.ImportOptions{})
		if a, b := dump(t, got.log), dump(t, back.log); a != b {
			t.Fatalf("%q became %q", a, b)
		}
	})
}

func FuzzCSV(f *testing.F)       { fuzzFormat(f, "csv", "log.csv", "log.items.csv") }
func FuzzRecBole(f *testing.F)   { fuzzFormat(f, "recbole", "ml.inter", "ml.item") }
func FuzzMovieLens(f *testing.F) { fuzzFormat(f, "movielens", "u.data", "u.item") }
func FuzzMovieLensDat(f *testing.F) {
	fuzzFormat(f, "movielens", "ratings.dat", "movies.dat")
}
func FuzzAmazon(f *testing.F)  { fuzzFormat(f, "amazon", "reviews_Books_5.json", "meta_Books.json") }
func FuzzReviews(f *testing.F) { fuzzFormat(f, "dien", "reviews-info", "item-info") }
func FuzzJointed(f *testing.F) { fuzzFormat(f, "dien", "jointed-new", "item-info") }
func FuzzSamples(f *testing.F) { fuzzFormat(f, "dien", "local_train", "mid_voc.pkl") }

// FuzzPickle reads pickles. What can be read is small, and can be written and read
// again.
func FuzzPickle(f *testing.F) {
	for _, seed := range []string{
		"(dp0\nS'a'\nI1\nsVb\\u00e9\nL2L\ns.", "\x80\x02}q\x00(U\x01aq\x01K\x01U\x01bM\x00\x01u.",
		"\x80\x04\x95\x00\x00\x00\x00\x00\x00\x00\x00}\x94(\x8c\x01a\x94J\xff\xff\xff\xff\x8c\x01b\x8a\x05\x00\x00\x00\x00\x01u.", "cos\nsystem\n(S'true'\ntR.",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		n := 0
		err := ReadVocabulary(bytes.NewReader(b), func(name []byte, _ int64) error {
			if n++; len(name) > len(b) {
				return fmt.Errorf("a name of %d bytes in %d", len(name), len(b))
			}
			return nil
		})
		if err != nil && !errors.Is(err, formats.ErrCorrupt) {
			t.Fatal(err)
		}
		if n > len(b) {
			t.Fatalf("%d names in %d bytes", n, len(b))
		}
	})
}

// FuzzNumbers compares numbers with those of strconv, by way of what is written.
func FuzzNumbers(f *testing.F) {
	for _, s := range []string{"4.5", "-0", "1e5", ".", "007", "123456789012345", "0.1234567890123", "2014-07-23", "881250949.0", "-12.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		v, err := parseValue([]byte(s))
		if err == nil {
			for _, text := range [][]byte{appendValue(nil, v), appendShort(nil, v)} {
				if again, err := parseValue(text); err != nil || again != v {
					t.Fatalf("%q is %v, written as %q, and read as %v: %v", s, v, text, again, err)
				}
			}
		}
		if want, no := strconv.ParseFloat(s, 64); err == nil && no == nil && want != v {
			t.Fatalf("%q is %v, want %v", s, v, want)
		}
		_, _, _ = parseTime([]byte(s))
	})
}
