package commands

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// Of a log that is converted under a key nothing leaves the process in plain: no
// name, and not the key.
func TestEventsLeakNowhere(t *testing.T) {
	b := newTraceBox(t)
	k := newSecret(t, filepath.Join(b.dir, "key"))
	var table strings.Builder
	table.WriteString("user,item,category,time,rating\n")
	for i := range 2000 {
		fmt.Fprintf(&table, "secret-caption%d,secret-attribute%d,secret-category%d,%d,%d\n", i%100, i%77, i%77%5, i, i%5)
	}
	writeFile(t, filepath.Join(b.dir, "shop.csv"), []byte(table.String()))
	nothing := func(t *testing.T, calls []call) { noPlaintext(t, calls, false) }
	onTerminal := func(t *testing.T, calls []call) { noPlaintext(t, calls, true) }
	anything := func(*testing.T, []call) {} // names are compressed in a log in plain
	onlyCategories := func(t *testing.T, calls []call) {
		for i := range calls {
			if calls[i].writes() && (strings.Contains(calls[i].text, "secret-caption") || strings.Contains(calls[i].text, "secret-attribute")) {
				t.Errorf("a name is written: %.300q", calls[i].text)
			}
		}
	}
	for _, step := range []struct {
		name, args, writes string
		seen               func(t *testing.T, calls []call)
	}{
		{"convert", "-v convert shop.csv log -f events --encryption", "events.datumlog", nothing},
		{"as JSON", "--json convert shop.csv log2 -f events --encryption", "events.datumlog", nothing},
		{"to an archive", "convert shop.csv log.zip -f events --encryption", "/archive", nothing},
		{"what is positive", "convert log good -f events --encryption --positive rating>=4", "events.datumlog", nothing},
		{"pseudonyms", "convert log hidden -f events_csv --pseudonymize", "events.csv", onlyCategories},
		{"info", "-v info log", "", onTerminal},
		{"info of text", "-v info shop.csv", "", onTerminal},
		{"verify", "-v verify log", "", onTerminal},
		{"to text", "convert log text -f recbole", "events.inter", plaintextIsSeen},
		{"decrypt", "decrypt log open", "events.datumlog", anything},
	} {
		t.Run(step.name, func(t *testing.T) {
			args := strings.Fields(step.args)
			if !strings.Contains(step.args, "info shop.csv") {
				args = append(args, "--encryption-key-file", "key")
			}
			calls := b.traced(t, nil, 0, args...)
			noSecret(t, calls, k, "")
			step.seen(t, calls)
			if step.writes != "" {
				writesSomething(t, calls, step.writes)
			}
		})
	}
}
