package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strings"

	"datum/models/ctr"
	"datum/models/ctr/bundle"
)

// Sizes of the model that is served: those of the published network, histories of all
// lengths up to its longest.
const (
	clickUsers      = 10_000
	clickItems      = 20_000
	clickCategories = 500
	clickHistory    = 100
	clickSeed       = 11
)

// clickModel is a model of the published size that nobody has trained: it takes as long
// as any other.
func clickModel() (*bundle.Model, error) {
	n, err := ctr.New(ctr.Config{Architecture: ctr.DIEN})
	if err != nil {
		return nil, err
	}
	random := rand.New(rand.NewPCG(clickSeed, 1))
	m := &bundle.Model{Config: n.Config, Protocol: bundle.Protocol{Name: "neg", MaxHistory: clickHistory}, Values: n.Parameters().Initial(clickSeed), Category: make([]uint32, clickItems+1)}
	for i := range m.Category[1:] {
		m.Category[i+1] = 1 + random.Uint32N(clickCategories)
	}
	for _, t := range []struct {
		kind  string
		size  int
		names **bundle.Names
		rows  *[]float32
	}{{"user", clickUsers, &m.Users, &m.Tables.User}, {"item", clickItems, &m.Items, &m.Tables.Item}, {"category", clickCategories, &m.Categories, &m.Tables.Category}} {
		list := make([]string, t.size+1)
		for i := range list[1:] {
			list[i+1] = clickName(t.kind, i+1)
		}
		if *t.names, err = bundle.NewNames(list); err != nil {
			return nil, err
		}
		*t.rows = make([]float32, len(list)*n.Embedding)
		for i := range *t.rows {
			(*t.rows)[i] = 0.1 * float32(random.NormFloat64())
		}
	}
	return m, m.Check()
}

func clickName(kind string, number int) string { return fmt.Sprintf("%s-%07d", kind, number*7919) }

// A clickRow is a row of a request, as JSON has it.
type clickRow struct {
	User    string   `json:"user"`
	Item    string   `json:"item"`
	History []string `json:"history"`
}

// clickRows are what is asked, one row a request.
func clickRows(n int) []clickRow {
	random := rand.New(rand.NewPCG(clickSeed, 2))
	item := func() string { return clickName("item", 1+random.IntN(clickItems)) }
	rows := make([]clickRow, n)
	for i := range rows {
		rows[i] = clickRow{User: clickName("user", 1+random.IntN(clickUsers)), Item: item(), History: make([]string, 1+random.IntN(clickHistory))}
		for k := range rows[i].History {
			rows[i].History[k] = item()
		}
	}
	return rows
}

// writeClickModel writes the model into a folder, for datum and for Python.
func writeClickModel(dir string) error {
	m, err := clickModel()
	if err != nil {
		return err
	}
	graph, err := m.Network().Model(ctr.Sequence, m.Values)
	if err != nil {
		return err
	}
	about, err := json.Marshal(map[string]int{"longest": m.Protocol.MaxHistory, "embedding": m.Config.Embedding})
	if err != nil {
		return err
	}
	numbers, err := binary.Append(nil, binary.LittleEndian, m.Category)
	if err != nil {
		return err
	}
	files := map[string][]byte{"about.json": about, "graph.xml": graph.XML(), "graph.bin": graph.Weights().Bytes(), "categories.bin": numbers}
	for kind, t := range map[string]struct {
		names *bundle.Names
		rows  []float32
	}{"user": {m.Users, m.Tables.User}, "item": {m.Items, m.Tables.Item}, "category": {m.Categories, m.Tables.Category}} {
		var names strings.Builder
		for i := 1; i < t.names.Len(); i++ {
			names.WriteString(t.names.Name(uint32(i)) + "\n")
		}
		files[kind+".txt"] = []byte(names.String())
		if files[kind+".bin"], err = binary.Append(nil, binary.LittleEndian, t.rows); err != nil {
			return err
		}
	}
	if err := writeAll(dir, files); err != nil {
		return err
	}
	return m.Save(context.Background(), filepath.Join(dir, "click.model"), nil)
}
