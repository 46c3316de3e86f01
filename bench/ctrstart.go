package main

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
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

// ctrRealLengths are of how many events histories are for which the last event of users of
// MovieLens 100k is predicted, the longest first. Between the quantiles that are known
// (minimum, 10, 25, 50 and 75 %) they rise evenly; the longest quarter is cut.
func ctrRealLengths() []int32 {
	shares, events := []float64{0, 0.1, 0.25, 0.5, 0.75, 1}, []float64{20, 23, 33, 65, 148, 148}
	list := make([]int32, 0, ctrRealRows)
	for i := range ctrRealRows {
		share, k := 1-(float64(i)+0.5)/ctrRealRows, 0
		for shares[k+1] < share {
			k++
		}
		known := events[k] + (events[k+1]-events[k])*(share-shares[k])/(shares[k+1]-shares[k]) - 1
		list = append(list, int32(min(ctrHistory, known)))
	}
	return list
}

const ctrRealRows = 512

func ctrLearner(libraries string, threads int) (*openvino.Core, *ctr.Network, *clicktrainer.Learner, error) {
	core, err := loadCore(libraries)
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
		"users": b.Users, "items": b.Items, "lengths": b.Lengths, "clicked": clicked, "histories": b.Histories, "negatives": b.Negatives, "real": ctrRealLengths()} {
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

// ctrPredictions times batches of predictions at one thread, with looking rows up. With
// real lengths, it is the mean of all batches that the rows make.
func ctrPredictions(libraries, form, precision string, batch int, lengths string, seconds float64) (map[string]float64, error) {
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
	batches := [][]bundle.Row{ctrBundleRows(slices.Repeat([]int32{ctrHistory}, batch))}
	if lengths == realLengths {
		batches = slices.Collect(slices.Chunk(ctrBundleRows(ctrRealLengths()), batch))
	}
	var filled score.Batch
	values := map[string]float64{}
	once := func() error {
		for i, rows := range batches {
			if err := m.Fill(&filled, rows); err != nil {
				return err
			}
			p, err := s.Score(context.Background(), &filled)
			if err != nil {
				return err
			}
			if i == 0 {
				values["probability"] = float64(p[0])
			}
		}
		return nil
	}
	if err := once(); err != nil { // which decides between the graphs, too
		return nil, err
	}
	if _, other := s.Used()[form+" "+precision]; !other || len(s.Used()) > 1 && form == string(ctr.Sequence) && precision == "f32" {
		return nil, fmt.Errorf("%v ran, and not %s in %s", s.Used(), form, precision)
	}
	err = timedLeast(values, seconds, once)
	for _, name := range []string{stepCPU, stepWall} {
		values[name] /= float64(len(batches))
	}
	return values, err
}

// ctrBundleRows are rows of the batch, one after the other and from the beginning again,
// with the first events of their histories.
func ctrBundleRows(lengths []int32) []bundle.Row {
	b := ctrRows()
	rows := make([]bundle.Row, len(lengths))
	for i, n := range lengths {
		k := i % ctrBatch
		rows[i] = bundle.Row{User: uint32(b.Users[k]), Item: uint32(b.Items[k])}
		for _, h := range b.Histories[k*ctrHistory:][:n] {
			rows[i].History = append(rows[i].History, uint32(h))
		}
	}
	return rows
}
