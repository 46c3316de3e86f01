package faulttest

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strings"

	"datum/crypto/key"
	"datum/events"
)

// eventScenarios are those of logs of events. The new log is made of "shop.csv",
// the old one of "other-shop.csv".
var eventScenarios = []scenario{
	{name: "events", args: "convert {shop.csv} out -f events --encryption -k {key} --overwrite", target: "out", old: "other-log", key: "{key}", sealed: true, log: true},
	{name: "events rekey", args: "rekey {log} deep/out -k {key} --key-out new.key", target: "deep/out", key: "new.key", sealed: true, log: true},
}

// makeLogs makes two tables of events, and logs of them, large enough that a disk
// may have room for some of one.
func makeLogs() error {
	fixtures.logs = map[string][]string{}
	for i, name := range []string{"", "other-"} {
		var table strings.Builder
		table.WriteString("user,item,time,rating\n")
		for n := range 20_000 {
			fmt.Fprintf(&table, "secret-user%d,i%d,%d,%d\n", n*n%(300+i), n*7919%1999, n*104729%1_000_003, n%5)
		}
		if err := os.WriteFile(fixture(name+"shop.csv"), []byte(table.String()), 0o666); err != nil {
			return err
		}
		if err := runProgram("convert", fixture(name+"shop.csv"), fixture(name+"log"), "-f", "events", "--encryption", "-k", fixture("key")); err != nil {
			return err
		}
		list, err := eventsOf(fixture(name+"log"), fixture("key"))
		if err != nil {
			return err
		}
		fixtures.logs[name+"log"] = list
	}
	fixtures.secrets = append(fixtures.secrets, []byte("secret-user"))
	return nil
}

// eventsOf reads a log and verifies it.
func eventsOf(path, keyFile string) (list []string, err error) {
	k, err := key.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	defer k.Destroy()
	l, err := events.Open(path, k)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	v, err := l.Vocabularies()
	if err != nil {
		return nil, err
	}
	for h, err := range l.Histories(background) {
		if err != nil {
			return nil, err
		}
		for i, item := range h.Items {
			list = append(list, fmt.Sprint(v.Users.Names[h.User], v.Items.Names[item], h.Times[i], h.Values[i]))
		}
	}
	return list, l.Verify(background)
}

// logState is state for a log.
func (t *trial) logState() string {
	if _, err := os.Lstat(t.path(t.target)); errors.Is(err, fs.ErrNotExist) {
		if t.old == "" {
			return "old"
		}
		return "gone"
	}
	list, err := eventsOf(t.path(t.target), t.keyFile())
	switch {
	case err != nil:
		return "damaged: " + err.Error()
	case slices.Equal(list, fixtures.logs["log"]):
		return "new"
	case t.old != "" && slices.Equal(list, fixtures.logs[t.old]):
		return "old"
	}
	return "neither"
}
