package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strconv"

	"datum/events"
	"datum/models/ctr"
	"datum/models/ctr/bundle"
	"datum/models/ctr/score"
	"datum/openvino"
	"datum/train/clicks"
	"datum/train/clicktrainer"
)

// What is known of the clicks that are learnt: sizes of the tables, and of a batch. The
// histories are full, as those of the longest batches are.
const (
	ctrUsers, ctrItems, ctrCategories = 1000, 2000, 200
	ctrBatch, ctrHistory              = 128, 100
)

// ctrNames are names of users, items and categories.
func ctrNames() *events.Vocabularies {
	list := func(n int) *events.Vocabulary {
		v := &events.Vocabulary{}
		for i := range n + 1 {
			v.Names, v.Counts = append(v.Names, strconv.Itoa(i)), append(v.Counts, uint64(n+1-i))
		}
		v.Names[0], v.Counts[0] = "", 0
		return v
	}
	v := &events.Vocabularies{Users: list(ctrUsers), Items: list(ctrItems), Categories: list(ctrCategories)}
	for i := range ctrItems + 1 {
		v.Category = append(v.Category, uint32(i%(ctrCategories+1)))
	}
	return v
}

// ctrRows are a batch: items are drawn more often the lower their number is.
func ctrRows() *clicks.Batch {
	random := rand.New(rand.NewPCG(3, 4))
	item := func() int32 { return 1 + int32(float64(ctrItems)*random.Float64()*random.Float64()) }
	b := &clicks.Batch{Rows: ctrBatch, Time: ctrHistory}
	for i := range ctrBatch {
		b.Users, b.Items = append(b.Users, 1+random.Int32N(ctrUsers)), append(b.Items, item())
		b.Lengths, b.Clicked = append(b.Lengths, ctrHistory), append(b.Clicked, i%2 == 0)
		for range ctrHistory {
			b.Histories, b.Negatives = append(b.Histories, item()), append(b.Negatives, item())
		}
	}
	return b
}

func ctrLearner(libraries string, threads int) (*openvino.Core, *ctr.Network, *clicktrainer.Learner, error) {
	if err := openvino.Load(libraries); err != nil {
		return nil, nil, nil, err
	}
	core, err := openvino.Default()
	if err != nil {
		return nil, nil, nil, err
	}
	n, err := ctr.New(ctr.Config{Architecture: ctr.DIEN, Auxiliary: 1})
	if err != nil {
		return nil, nil, nil, err
	}
	l, err := clicktrainer.NewLearner(core, n, ctrNames(), clicktrainer.LearnerOptions{Batch: ctrBatch, MaxHistory: ctrHistory, Threads: threads, Seed: 1})
	return core, n, l, err
}

// writeCtrStart writes what a training begins with into a folder: values and tables, and
// a batch, as numbers of rows.
func writeCtrStart(libraries, dir string) error {
	_, n, l, err := ctrLearner(libraries, 1)
	if err != nil {
		return err
	}
	defer l.Close()
	list, values, err := describe(n.Parameters(), l.Values())
	if err != nil {
		return err
	}
	user, item, category := l.Tables()
	b := ctrRows()
	clicked := make([]int32, ctrBatch)
	for i, yes := range b.Clicked {
		if yes {
			clicked[i] = 1
		}
	}
	files := map[string][]byte{"values.bin": values}
	for name, numbers := range map[string]any{"user": user.Values(), "item": item.Values(), "category": category.Values(), "of": ctrNames().Category,
		"users": b.Users, "items": b.Items, "lengths": b.Lengths, "clicked": clicked, "histories": b.Histories, "negatives": b.Negatives} {
		if files[name+".bin"], err = binary.Append(nil, binary.LittleEndian, numbers); err != nil {
			return err
		}
	}
	about := map[string]any{"rows": ctrBatch, "time": ctrHistory, "embedding": n.Embedding, "parameters": list}
	if files["start.json"], err = json.Marshal(about); err != nil {
		return err
	}
	return writeAll(dir, files)
}

// ctrSteps times steps, with looking rows up and changing them.
func ctrSteps(libraries string, threads int, seconds float64) (map[string]float64, error) {
	_, n, l, err := ctrLearner(libraries, threads)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	values := map[string]float64{"parameters": trainable(n.Parameters())}
	b := ctrRows()
	return values, timedSteps(values, seconds, func() (float64, error) {
		r, err := l.Learn(context.Background(), b, 1e-3)
		return float64(r.Loss), err
	})
}

// ctrPredictions times batches of predictions at one thread, with looking rows up.
func ctrPredictions(libraries, form, precision string, batch int, seconds float64) (map[string]float64, error) {
	core, n, l, err := ctrLearner(libraries, 1)
	if err != nil {
		return nil, err
	}
	defer l.Close()
	m, err := l.Model(bundle.Protocol{Name: clicks.Neg, MaxHistory: ctrHistory})
	if err != nil {
		return nil, err
	}
	s, err := score.New(core, n, m.Values, score.Options{Precision: precision, Threads: 1, Portable: form == string(ctr.Loop)})
	if err != nil {
		return nil, err
	}
	defer s.Close()
	b, values := ctrRows(), map[string]float64{}
	var rows []bundle.Row
	for i := range batch {
		k := i % ctrBatch
		r := bundle.Row{User: uint32(b.Users[k]), Item: uint32(b.Items[k])}
		for _, h := range b.Histories[k*ctrHistory:][:ctrHistory] {
			r.History = append(r.History, uint32(h))
		}
		rows = append(rows, r)
	}
	var filled score.Batch
	once := func() error {
		if err := m.Fill(&filled, rows); err != nil {
			return err
		}
		p, err := s.Score(context.Background(), &filled)
		if err == nil {
			values["probability"] = float64(p[0])
		}
		return err
	}
	if err := once(); err != nil { // which decides between the graphs, too
		return nil, err
	}
	if s.Chosen(batch, ctrHistory) != form+" "+precision {
		return nil, fmt.Errorf("%s ran, and not %s in %s", s.Chosen(batch, ctrHistory), form, precision)
	}
	return values, timedLeast(values, seconds, once)
}
