package text

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"datum/events"
	"datum/formats/formatstest"
)

// strange are names that formats have trouble with.
var strange = []string{"a b", "Caf\u00e9", "x,y", `say "x"`, "it's", `back\slash`, "emoji \U0001f600", "a;b", "Books & More", "-", "0", "NULL", "#", "u'x'", "a::b", "a|b"}

// generated makes a log with names from a list and others, times that are equal,
// values of every kind, items without events and without categories.
func generated(t testing.TB, seed uint64, names []string) *events.Log {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	b, err := events.NewBuilder(events.Options{Scratch: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	item := func(i int) string {
		if i < len(names) {
			return names[i]
		}
		return fmt.Sprintf("item%d", i)
	}
	for i := range 60 {
		category := ""
		if i%5 != 0 {
			category = item(i % 7)
		}
		if err := b.Item([]byte(item(i)), []byte(category)); err != nil {
			t.Fatal(err)
		}
	}
	values := []float64{0, 1, 5, 4.5, -1, 0.1, 1e-7, 123456789.25, 1e17, 1.0 / 3}
	for i := range 700 {
		e := events.Record{
			User: []byte(item(r.IntN(40) + 3)), Item: []byte(item(r.IntN(50))),
			Time: r.Int64N(1000) - 500, Value: values[r.IntN(len(values))], Place: b.Place(0, int64(i+1)),
		}
		if err := b.Add(&e); err != nil {
			t.Fatal(err)
		}
	}
	log, _ := finished(t, b)
	return log
}

// TestRoundTrip writes logs and reads them again: nothing is different.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	for name, names := range map[string][]string{
		"csv":     append([]string{"line\nend", "\r\n", " space ", "tab\tbed", `"`, "\xff\xfe", "\ufeff"}, strange...),
		"recbole": append([]string{" space ", "\xff"}, strange...),
		"dien":    append([]string{"\xff"}, strange...),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			for seed := range uint64(3) {
				log := generated(t, seed, names)
				dir, _ := export(t, name, log, events.ExportOptions{Seed: seed})
				back := mustImport(t, name, formatstest.Folder(t, dir), events.ImportOptions{})
				same(t, dump(t, back.log), dump(t, log))
				if found, _ := detected(t, formatstest.Folder(t, dir)); found != format(t, name).Name {
					t.Errorf("it is detected as %s", found)
				}
			}
		})
	}
}

// TestUnfit counts what a format cannot hold, and writes the rest.
func TestUnfit(t *testing.T) {
	t.Parallel()
	src := folder(t, "", map[string]string{"a.csv": "user,item,category,time\n" +
		"\"u\n1\",i1,C,1\nu2,i1,C,2\nu2,\"i\t2\",\"D\x02\",3\nu2,i3,\"E\t\",4\n\"\"\"q\",i1,C,5\nu2,i4,default_cat,6\nu3,i1,C,1\n"})
	log := mustImport(t, "csv", src, events.ImportOptions{}).log
	dir, loss := export(t, "recbole", log, events.ExportOptions{})
	lossIs(t, loss,
		"3 events dropped: a name has a character that would end a field",
		"1 names of categories that the format cannot hold", "1 names of items that the format cannot hold", "2 names of users that the format cannot hold")
	same(t, dump(t, mustImport(t, "recbole", formatstest.Folder(t, dir), events.ImportOptions{}).log), "u2 i1 2 1\nu2 i3 4 1\nu2 i4 6 1\nu3 i1 1 1\ni1: C\ni3: \ni4: default_cat\n")
	dir, loss = export(t, "dien", log, events.ExportOptions{})
	lossIs(t, loss, "1 categories called default_cat: there it is none",
		"2 events dropped: a name has a character that would end a field",
		"2 names of categories that the format cannot hold", "1 names of items that the format cannot hold", "1 names of users that the format cannot hold",
		"2 users have no sample: one needs two events")
	same(t, dump(t, mustImport(t, "dien", formatstest.Folder(t, dir), events.ImportOptions{}).log), "u2 i1 2 1\nu2 i3 4 1\nu2 i4 6 1\n\"q i1 5 1\nu3 i1 1 1\ni1: C\ni3: \ni4: \n")
}

// TestCSVReader reads what was written with another reader.
func TestCSVReader(t *testing.T) {
	t.Parallel()
	log := generated(t, 9, append([]string{" space ", "x\ny"}, strange...))
	dir, _ := export(t, "csv", log, events.ExportOptions{Name: "clicks"})
	f, err := os.Open(filepath.Join(dir, "clicks.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if got := int64(len(rows) - 1); got != log.Info().Events || !slices.Equal(rows[0], []string{"user", "item", "category", "time", "value"}) {
		t.Errorf("%d rows of %v", got, rows[0])
	}
	v, err := log.Vocabularies()
	if err != nil {
		t.Fatal(err)
	}
	for _, row := range rows[1:] {
		i := v.Items.Number(row[1])
		if v.Users.Number(row[0]) == 0 || i == 0 || v.Categories.Names[v.Category[i]] != row[2] {
			t.Fatalf("the row %q", row)
		}
	}
}

// TestSamples looks at the samples of the reference: of each user with two events
// there are two rows, the histories are right, and what was drawn is another item.
func TestSamples(t *testing.T) {
	t.Parallel()
	log := generated(t, 4, strange)
	v, err := log.Vocabularies()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{}
	for h, err := range log.Histories(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		var items []string
		for _, i := range h.Items {
			items = append(items, v.Items.Names[i])
		}
		want[v.Users.Names[h.User]] = strings.Join(items[:len(items)-1], "\x02") + "\t" + items[len(items)-1]
	}
	dir, loss := export(t, "dien", log, events.ExportOptions{Seed: 7})
	lossIs(t, loss, fmt.Sprintf("%d events of the value 0 are in samples as if they were clicks; say which are, as with --positive 'value>=1'", count(t, log, func(v float64) bool { return v <= 0 })))
	users := map[string]string{}
	for _, name := range []string{splitTrain, splitTest} {
		text := read(t, dir, name)
		if text == "" {
			t.Errorf("%s is empty", name)
		}
		rows := strings.Split(strings.TrimSuffix(text, "\n"), "\n")
		for i := 0; i+1 < len(rows); i += 2 {
			drawn, clicked := strings.Split(rows[i], "\t"), strings.Split(rows[i+1], "\t")
			if drawn[0] != "0" || clicked[0] != "1" || drawn[1] != clicked[1] || drawn[2] == clicked[2] || drawn[4] != clicked[4] || drawn[5] != clicked[5] {
				t.Fatalf("%q and %q", rows[i], rows[i+1])
			}
			users[clicked[1]] = clicked[4] + "\t" + clicked[2]
			for _, row := range [][]string{drawn, clicked} {
				categoryIs(t, v, row[2], row[3])
				for j, item := range strings.Split(row[4], "\x02") {
					categoryIs(t, v, item, strings.Split(row[5], "\x02")[j])
				}
			}
		}
	}
	if len(users) != len(want) {
		t.Errorf("%d users, want %d", len(users), len(want))
	}
	for user, row := range users {
		if row != want[user] {
			t.Errorf("%s: %q, want %q", user, row, want[user])
		}
	}
}

// TestSamplesRebuild makes events of the samples alone: their order is right.
func TestSamplesRebuild(t *testing.T) {
	t.Parallel()
	log := generated(t, 5, strange)
	dir, _ := export(t, "dien", log, events.ExportOptions{Seed: 7})
	for _, name := range []string{itemInfo, reviewsInfo} {
		if err := os.Remove(filepath.Join(dir, name)); err != nil {
			t.Fatal(err)
		}
	}
	back := mustImport(t, "dien", formatstest.Folder(t, dir), events.ImportOptions{})
	order := func(log *events.Log) string {
		v, err := log.Vocabularies()
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		each(t, log, func(e event) {
			fmt.Fprintf(&b, "%s %s %s\n", v.Users.Names[e.user], v.Items.Names[e.item], v.Categories.Names[v.Category[e.item]])
		})
		return b.String()
	}
	same(t, order(back.log), order(log))
}

// TestSamplesPositive leaves out of samples what is not positive, and only there.
func TestSamplesPositive(t *testing.T) {
	t.Parallel()
	src := folder(t, "", map[string]string{"a.csv": "user,item,time,label\nu,a,1,1\nu,b,2,0\nu,c,3,1\n"})
	log := mustImport(t, "csv", src, events.ImportOptions{}).log
	dir, loss := export(t, "dien", log, events.ExportOptions{Positive: func(v float64) bool { return v > 0 }})
	lossIs(t, loss, "1 events are in no sample: they are not positive")
	rows := read(t, dir, splitTrain) + read(t, dir, splitTest)
	if !strings.HasSuffix(rows, "\n1\tu\tc\tdefault_cat\ta\tdefault_cat\n") {
		t.Errorf("%q", rows)
	}
	if got := read(t, dir, reviewsInfo); got != "u\ta\t1.0\t1\nu\tb\t0.0\t2\nu\tc\t1.0\t3\n" {
		t.Errorf("%q", got)
	}
}

// TestSamplesRepeat draws the same with the same seed, and a tenth of the users for
// testing.
func TestSamplesRepeat(t *testing.T) {
	t.Parallel()
	var rows strings.Builder
	rows.WriteString("user,item,time\n")
	const users = 3000
	for u := range users {
		fmt.Fprintf(&rows, "u%d,i%d,1\nu%d,i%d,2\n", u, u%7, u, u%11)
	}
	log := mustImport(t, "csv", folder(t, "", map[string]string{"a.csv": rows.String()}), events.ImportOptions{}).log
	one, _ := export(t, "dien", log, events.ExportOptions{Seed: 1})
	two, _ := export(t, "dien", log, events.ExportOptions{Seed: 2})
	again, _ := export(t, "dien", log, events.ExportOptions{Seed: 1})
	if a, b := read(t, one, splitTrain), read(t, again, splitTrain); a != b {
		t.Error("the same seed draws something else")
	}
	if a, b := read(t, one, splitTrain), read(t, two, splitTrain); a == b {
		t.Error("another seed draws the same")
	}
	if n := strings.Count(read(t, one, splitTest), "\n") / 2; n < users/10-70 || n > users/10+70 {
		t.Errorf("%d of %d users are for testing", n, users)
	}
}

// TestExportName refuses names that are none.
func TestExportName(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"../x", "a/b", `a\b`, "/x"} {
		if _, err := format(t, "csv").Export(t.Context(), generated(t, 1, nil), t.TempDir(), events.ExportOptions{Name: name}); err == nil || !strings.Contains(err.Error(), "cannot be the name") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func read(t testing.TB, dir, name string) string {
	t.Helper()
	return formatstest.Text(t, filepath.Join(dir, name))
}

func count(t testing.TB, log *events.Log, of func(float64) bool) (n int) {
	t.Helper()
	each(t, log, func(e event) {
		if of(e.value) {
			n++
		}
	})
	return n
}

func categoryIs(t testing.TB, v *events.Vocabularies, item, category string) {
	t.Helper()
	want := v.Categories.Names[v.Category[v.Items.Number(item)]]
	if want == "" {
		want = defaultCategory
	}
	if category != want {
		t.Fatalf("the category of %q is %q, want %q", item, category, want)
	}
}
