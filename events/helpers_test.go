package events

import (
	"bytes"
	"cmp"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"datum/crypto/key"
)

// made is an event as tests make it.
type made struct {
	user, item string
	time       int64
	value      float64
}

// invent makes events of some users and items, in no order, some of them twice.
func invent(seed uint64, n, users, items int) []made {
	r := rand.New(rand.NewPCG(seed, 1))
	all := make([]made, 0, n)
	for len(all) < n {
		if len(all) > 0 && r.IntN(50) == 0 {
			all = append(all, all[r.IntN(len(all))])
			continue
		}
		all = append(all, made{
			fmt.Sprintf("u%d", int(float64(users)*r.Float64()*r.Float64())), fmt.Sprintf("i%d", int(float64(items)*r.Float64()*r.Float64())),
			1_000_000_000 + r.Int64N(1000), float64(1 + r.IntN(5)),
		})
	}
	return all
}

// builderOf returns a builder with these events, with the category of item i3 and
// such, but not of those that end in 9.
func builderOf(t testing.TB, o Options, list []made) *Builder {
	t.Helper()
	o.Scratch = cmp.Or(o.Scratch, t.TempDir())
	b, err := NewBuilder(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(b.Close)
	seen, file := map[string]bool{}, b.File("source")
	for i, e := range list {
		if err := b.Add(&Record{User: []byte(e.user), Item: []byte(e.item), Time: e.time, Value: e.value, Place: b.Place(file, int64(i+1))}); err != nil {
			t.Fatal(err)
		}
		if !seen[e.item] {
			seen[e.item] = true
			if err := b.Item([]byte(e.item), []byte(categoryOf(e.item))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return b
}

func categoryOf(item string) string {
	if last := item[len(item)-1]; last != '9' {
		return "c" + string(last)
	}
	return ""
}

// finished is what a builder writes.
func finished(t testing.TB, b *Builder) ([]byte, Info, Report) {
	t.Helper()
	var out bytes.Buffer
	info, report, err := b.Finish(t.Context(), &out)
	if err != nil {
		t.Fatal(err)
	}
	return out.Bytes(), info, report
}

// logOf reads a log in plain.
func logOf(t testing.TB, b []byte) *Log {
	t.Helper()
	l, err := Read(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// eventsOf gives all events of a log by their names, in the order of users by
// name, so that they can be compared.
func eventsOf(t testing.TB, l *Log) []made {
	t.Helper()
	v, err := l.Vocabularies()
	if err != nil {
		t.Fatal(err)
	}
	var all []made
	for h, err := range l.Histories(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range h.Items {
			all = append(all, made{v.Users.Names[h.User], v.Items.Names[h.Items[i]], h.Times[i], h.Values[i]})
		}
	}
	slices.SortStableFunc(all, func(a, b made) int { return cmp.Compare(a.user, b.user) })
	return all
}

// sorted is what eventsOf should give.
func sorted(list []made) []made {
	list = slices.Clone(list)
	slices.SortStableFunc(list, func(a, b made) int { return cmp.Or(cmp.Compare(a.user, b.user), cmp.Compare(a.time, b.time)) })
	return list
}

func newKey(t testing.TB) *key.Key {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(k.Destroy)
	return k
}

// put writes a file into a folder of its own.
func put(t testing.TB, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
