package text

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"datum/events"
	"datum/formats"
)

// TestBlocks reads a file of many blocks, with any number of workers: the same
// comes out.
func TestBlocks(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	text.WriteString("user,item,category,time,value\n")
	for i := range 40_000 {
		fmt.Fprintf(&text, "user%d,\"item\n%d\",category %d,%d,%d.5\n", i%977, i%3001, i%3001%17, i, i%5)
	}
	for _, packs := range []bool{false, true} {
		content := text.String()
		if packs {
			content = packed(t, content)
		}
		f := folder(t, "", map[string]string{"a.csv": content})
		var o events.ImportOptions
		o.Workers = 1
		one := mustImport(t, "csv", f, o)
		o.Workers = 5
		five := mustImport(t, "csv", f, o)
		if one.log.Info().Events != 40_000 || one.report.Tolerated().Total() != 0 {
			t.Errorf("%d events, %v", one.log.Info().Events, one.report.Tolerated())
		}
		same(t, dump(t, five.log), dump(t, one.log))
	}
}

func cut(s string) string { return s[:len(s)-10] }

// TestHostile bounds what is read.
func TestHostile(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("x", longestLine+1)
	for name, files := range map[string]map[string]string{
		"a line that does not end":  {"a.csv": "user,item,time\na,b,1\n" + long},
		"a quote that does not end": {"a.csv": "user,item,time\na,b,1\n\"" + strings.Repeat("x,\n", longestLine/3)},
		"a bomb":                    {"a.csv": packed(t, "user,item,time\na,b,1\n"+long)},
		"packed and cut off":        {"a.csv": cut(packed(t, "user,item,time\n"+strings.Repeat("a,b,1\n", 1000)))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := tryImport(t, "csv", folder(t, "", files), events.ImportOptions{})
			if !errors.Is(err, formats.ErrCorrupt) {
				t.Fatalf("%v", err)
			}
		})
	}
	damaged := []byte(packed(t, "user,item,time\n"+strings.Repeat("a,b,1\n", 1000)))
	damaged[len(damaged)-6] ^= 1
	_, err := tryImport(t, "csv", folder(t, "", map[string]string{"a.csv": string(damaged)}), events.ImportOptions{})
	if !errors.Is(err, formats.ErrCorrupt) {
		t.Fatalf("%v", err)
	}
}

// TestLongHistory reads a row that is longer than what is looked at to detect it,
// and than a block.
func TestLongHistory(t *testing.T) {
	t.Parallel()
	const length = 100_000
	var items, categories strings.Builder
	for i := range length {
		fmt.Fprintf(&items, "\x02i%d", i)
		fmt.Fprintf(&categories, "\x02c%d", i%10)
	}
	row := "\tu\ti7\tc7\t" + items.String()[1:] + "\t" + categories.String()[1:] + "\n"
	f := folder(t, "", map[string]string{"local_test": "0" + row + "1" + row})
	if name, _ := detected(t, f); name != "dien_text" {
		t.Errorf("detected as %q", name)
	}
	in := mustImport(t, "dien", f, events.ImportOptions{})
	if n := in.log.Info(); n.Events != length+1 || n.Items != length || n.Categories != 10 || n.Last != length {
		t.Errorf("%+v", n)
	}
}

// TestManyFields bounds what is counted by name, and what of a name is shown.
func TestManyFields(t *testing.T) {
	t.Parallel()
	var text strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&text, "{'reviewerID': 'a', 'asin': 'b', 'unixReviewTime': 1, 'x\\x1b%d%s': 1}\n", i, strings.Repeat("y", 50))
	}
	in := mustImport(t, "amazon", folder(t, "", map[string]string{"r.json": text.String()}), events.ImportOptions{})
	if n := len(in.loss.Entries()); n > mostDropped+1 || in.loss.Total() != 20_000 {
		t.Errorf("%d kinds, %d in all", n, in.loss.Total())
	}
	if s := in.loss.String(); strings.Contains(s, "\x1b") || strings.Contains(s, strings.Repeat("y", 45)) {
		t.Errorf("%.200q", s)
	}
}
