package events_test

import (
	"bytes"
	"context"
	"fmt"
	"log"
	"os"
	"path/filepath"

	"datum/crypto/key"
	"datum/events"
)

// A log is made of events in any order, sealed, and read as histories.
func Example() {
	dir, err := os.MkdirTemp("", "events")
	if err != nil {
		log.Fatal(err)
	}
	defer os.RemoveAll(dir)
	k, err := key.New()
	if err != nil {
		log.Fatal(err)
	}
	b, err := events.NewBuilder(events.Options{Key: k})
	if err != nil {
		log.Fatal(err)
	}
	defer b.Close()
	for i, line := range bytes.Fields([]byte("ann,boots,30,5 bob,boots,10,4 ann,scarf,20,3")) {
		f := bytes.Split(line, []byte(","))
		r := events.Record{User: f[0], Item: f[1], Time: int64(f[2][0]), Value: float64(f[3][0] - '0'), Place: events.Place(i)}
		if err := b.Add(&r); err != nil {
			log.Fatal(err)
		}
	}
	if err := b.Item([]byte("boots"), []byte("shoes")); err != nil {
		log.Fatal(err)
	}
	path := filepath.Join(dir, events.FileName)
	if _, _, err := b.FinishFile(context.Background(), path); err != nil {
		log.Fatal(err)
	}

	l, err := events.Open(path, k)
	if err != nil {
		log.Fatal(err)
	}
	defer l.Close()
	v, err := l.Vocabularies()
	if err != nil {
		log.Fatal(err)
	}
	for h, err := range l.Histories(context.Background()) {
		if err != nil {
			log.Fatal(err)
		}
		fmt.Print(v.Users.Names[h.User], ":")
		for i, item := range h.Items {
			fmt.Printf(" %s (%s) %g", v.Items.Names[item], v.Categories.Names[v.Category[item]], h.Values[i])
		}
		fmt.Println()
	}
	fmt.Println("boots have the number", v.Items.Number("boots"))
	// Output:
	// ann: scarf () 3 boots (shoes) 5
	// bob: boots (shoes) 4
	// boots have the number 1
}
