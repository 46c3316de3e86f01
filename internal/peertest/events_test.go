package peertest

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
)

// Datumaro refuses a log of events: it finds no format, and no dataset of its own
// formats where it is told that there is one.
func TestDatumaroRefusesLogs(t *testing.T) {
	dir := t.TempDir()
	table := filepath.Join(dir, "shop.csv")
	if err := os.WriteFile(table, []byte("user,item,time,rating\na,x,1,5\na,y,2,4\nb,x,3,1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	plain, locked := filepath.Join(dir, "plain"), filepath.Join(dir, "locked")
	datumCommand(t, "convert", "-i", table, "-f", "events", "-o", plain)
	datumCommand(t, "convert", "-i", table, "-f", "events", "-o", locked, "--encryption") // with its key in it
	for _, peer := range []string{Old, New} {
		for _, log := range []string{plain, locked} {
			var got struct {
				Detected []string
				Read     map[string]int
			}
			if err := json.Unmarshal(Run(t, peer, "refuse", log), &got); err != nil {
				t.Fatal(err)
			}
			if len(got.Detected) > 0 || len(got.Read) > 0 {
				t.Errorf("%s, %s: %+v", peer, filepath.Base(log), got)
			}
		}
	}
}
