package coco

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/go-json-experiment/json/jsontext"
)

// padded returns a text with what the strict functions need behind it.
func padded(text []byte) []byte {
	return append(bytes.Clone(text), make([]byte, padding)...)
}

// FuzzStrictValue: what the strict functions take is JSON, and they take what
// there is of it in COCO.
func FuzzStrictValue(f *testing.F) {
	for _, s := range []string{
		`[1.5,2,-3e4,0.25, 100.125 ,0]`, `{"a":"\ud83d\ude00","b":[null,true,false]}`, `"é\n"`, `[01]`, `[1.]`, `[1.e1]`, `["\ud800"]`, "\"\xff\"", `[-]`, `12345678`, `123456.`,
		`[12345678,1]`, `[123456.7]`, `[1234567.8]`, `[.5]`, `[1,]`, `[1 2]`, `{"a"}`, `{"a":1,}`, "\"\x01\"", `"\x"`, `"abc`, `"abcdefg\`, `tru`, `nullx`,
	} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		end := strictValue(padded(text), 0, deepest)
		valid := jsontext.Value(text).IsValid(jsontext.AllowDuplicateNames(true))
		if end == len(text) && !valid {
			t.Fatalf("%q is no JSON", text)
		}
		if bare := bytes.TrimSpace(text); valid && len(bare) == len(text) && end != len(text) && bytes.Count(text, []byte{'['})+bytes.Count(text, []byte{'{'}) < deepest {
			t.Fatalf("%q was not taken: %d", text, end)
		}
	})
}

// FuzzQuickScan: what the quick scanner takes, the other one takes too, and
// both make the same index, wherever the pieces of the file end.
func FuzzQuickScan(f *testing.F) {
	for _, name := range annotationFilesOf(f) {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text, uint16(len(text)/3))
	}
	for _, s := range []string{
		annotations(`{"id":1,"image_id":7}`, `{"id":1,"image_id":7.0,"x":[[1,2.5],{"y":null}]}`, `{"id":"b","image_id":7}`),
		`{"images":[],"annotations":[] , "info":12}`, `{"images":[{"id":"x","file_name":"a\/b.jpg"},{"id":-3,"file_name":"a.jpg"}],"annotations":[{"image_id":"x"},{"image_id":-3,"id":900000000000}]}`,
		`{"annotations":[{"image_id":2,"id":5},{"image_id":1,"id":5}],"images":[{"id":1,"file_name":"a"},{"id":2,"file_name":"b"}]}`,
		`{"images":[{"id":1,"file_name":"a"}],"images":[]}`, `{"a":1,"a":2}`, `{"images":[{}]}`, `{"images":{}}`, `{} x`, `[]`, `{"imag\u0065s":[]}`,
	} {
		f.Add([]byte(s), uint16(4))
	}
	f.Fuzz(func(t *testing.T, text []byte, room uint16) {
		quick := quickScanIn(int(room)+1, bytes.NewReader(text), false)
		if quick == nil {
			return
		}
		thorough, err := thoroughScan(bytes.NewReader(text), false, func(err error) error { return err })
		if err != nil {
			t.Fatalf("only the quick scanner takes it: %v", err)
		}
		sameIndex(t, quick, thorough)
	})
}

func sameIndex(t *testing.T, a, b *index) {
	t.Helper()
	if !slices.Equal(a.members, b.members) || a.maxID != b.maxID || !maps.Equal(a.twice, b.twice) || b.unclean > 0 || b.marked {
		t.Fatalf("%+v is not %+v", a, b)
	}
	if !slices.Equal(a.images, b.images) || !slices.Equal(a.orders, b.orders) || !slices.Equal(a.starts, b.starts) {
		t.Fatalf("images %v %v %v, want %v %v %v", a.images, a.orders, a.starts, b.images, b.orders, b.starts)
	}
	if a.records.n != b.records.n {
		t.Fatalf("%d records, want %d", a.records.n, b.records.n)
	}
	for i := range a.records.n {
		if a.annotation(int32(i)) != b.annotation(int32(i)) {
			t.Fatalf("record %d: %v, want %v", i, a.annotation(int32(i)), b.annotation(int32(i)))
		}
	}
	for i := range a.images {
		if a.listed.id(i) != b.listed.id(i) || a.listed.name(i) != b.listed.name(i) {
			t.Fatalf("image %d: %s %s, want %s %s", i, a.listed.id(i), a.listed.name(i), b.listed.id(i), b.listed.name(i))
		}
	}
}

func annotationFilesOf(t testing.TB) []string {
	t.Helper()
	names, err := filepath.Glob(layouts + "*/annotations/*.json")
	if err != nil || len(names) == 0 {
		t.Fatal("no test data", err)
	}
	return names
}

// TestQuickScanIsTaken: ordinary files are for the quick scanner, in any piece
// of memory.
func TestQuickScanIsTaken(t *testing.T) {
	t.Parallel()
	for _, name := range annotationFilesOf(t) {
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if strings.Contains(name, "not_quite_json") {
			if quickScan(bytes.NewReader(text), false) != nil {
				t.Errorf("%s is no JSON", name)
			}
			continue
		}
		for _, room := range []int{1, 7, 64, 1000, firstRoom} {
			quick := quickScanIn(room, bytes.NewReader(text), false)
			if quick == nil {
				t.Errorf("%s is left to the other scanner, read in pieces of %d", name, room)
				continue
			}
			thorough, err := thoroughScan(bytes.NewReader(text), false, func(err error) error { return err })
			if err != nil {
				t.Fatal(name, err)
			}
			sameIndex(t, quick, thorough)
		}
	}
}

// TestIDSet finds what is there twice, among small numbers and others.
func TestIDSet(t *testing.T) {
	t.Parallel()
	var s idSet
	want := map[int64]struct{}{}
	for i := range int64(20000) {
		s.add(i * 3)
		s.add(-i - 1)
		s.add(i * 1_000_003) // pages for few of them only
		if i > 0 && i*1_000_003%3 == 0 && i*1_000_003 < 60000 {
			want[i*1_000_003] = struct{}{}
		}
	}
	want[0] = struct{}{}
	for _, again := range []int64{3, 59997, -20000, 1_000_003 * 19999, 1_000_003 * 5} {
		s.add(again)
		want[again] = struct{}{}
	}
	if got := s.repeated(); !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// TestIDTable gives each id one number.
func TestIDTable(t *testing.T) {
	t.Parallel()
	var table idTable
	ids := []int64{-1, 0, 1 << 62, maxPagedID, maxPagedID - 1}
	for i := range int64(5000) {
		ids = append(ids, i*7+1, i*5001+3)
	}
	want := map[int64]int32{}
	for range 2 {
		for _, id := range ids {
			n, known := table.find(id, int32(len(want)))
			old, was := want[id]
			if known != was || was && n != old || !was && n != int32(len(want)) {
				t.Fatalf("%d: %d %v, want %d %v", id, n, known, old, was)
			}
			want[id] = n
		}
	}
}
