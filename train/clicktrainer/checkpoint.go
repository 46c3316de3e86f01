package clicktrainer

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"

	"datum/events"
	"datum/formats"
	"datum/models/ctr"
	"datum/train/checkpoint"
	"datum/train/embedding"
	"datum/train/trainer"
)

// progress is how far a training has come, beside tables and the state of the step.
type progress struct {
	Settings map[string]string `json:"settings"`
	Best     int               `json:"best"`
	// BestScore is that of the best epoch.
	BestScore float64         `json:"best_score"`
	History   []trainer.Epoch `json:"history"`
	Now       place           `json:"now"`
}

// A place is how far an epoch has come, with sums over its batches.
type place struct {
	Batches   int     `json:"batches"`
	Loss      float64 `json:"loss"`
	Click     float64 `json:"click_loss"`
	Auxiliary float64 `json:"auxiliary_loss"`
}

// kind is that of its checkpoints: the progress, and behind it the three tables and the
// state of the step.
var kind = checkpoint.Kind{Magic: "datum click checkpoint 1\n", Of: "a training of a click-through model", Most: 1 << 26}

// settings are what a training depends on, by their names, so that one that goes on is
// the same training. The number of threads is not among them.
func (t *training) settings(n *ctr.Network) map[string]string {
	o, p := &t.o, &t.o.Data.Protocol
	return map[string]string{
		"log":           fmt.Sprintf("%d events of %d users, with names %s", o.Survey.Events, o.Survey.Users, fingerprint(o.Names)),
		"model":         fmt.Sprintf("%+v", n.Config),
		"protocol":      fmt.Sprintf("%s %s, %d negatives, share %v", p.Name, p.Positive, p.Negatives, p.Share),
		"max-history":   fmt.Sprint(p.MaxHistory),
		"batch":         fmt.Sprint(o.Batch),
		"epochs":        fmt.Sprint(o.Epochs),
		"seed":          fmt.Sprint(o.Data.Seed),
		"learning rate": fmt.Sprint(o.Rate),
	}
}

// fingerprint tells whether the numbers of a log still stand for the same: rows of tables
// would be those of others in one that was converted anew, such as under pseudonyms, and has
// as many events and users.
func fingerprint(names *events.Vocabularies) string {
	h := sha256.New()
	var b []byte
	for _, v := range []*events.Vocabulary{names.Users, names.Items, names.Categories} {
		for i, name := range v.Names {
			b = binary.AppendUvarint(binary.AppendUvarint(b[:0], v.Counts[i]), uint64(len(name)))
			h.Write(append(b, name...))
		}
		h.Write(binary.AppendUvarint(b[:0], 1<<62)) // no number of events: here is an end
	}
	for _, c := range names.Category {
		h.Write(binary.LittleEndian.AppendUint32(b[:0], c))
	}
	const shown = 8
	return hex.EncodeToString(h.Sum(nil)[:shown])
}

func (t *training) save(ctx context.Context) error {
	p := t.progress
	p.Settings = t.settings(t.network)
	return t.o.Store.SaveCheckpoint(ctx, func(w io.Writer) error {
		if err := kind.Write(w, &p); err != nil {
			return err
		}
		for _, table := range t.tables.all() {
			if err := table.WriteState(w); err != nil {
				return err
			}
		}
		return t.owner.WriteState(w)
	})
}

// resumed opens the checkpoint, which has to be one of the same training, and reads how
// far that has come.
func (t *training) resumed(ctx context.Context, n *ctr.Network) (io.ReadCloser, error) {
	r, err := t.o.Store.OpenCheckpoint(ctx)
	if err != nil {
		return nil, err
	}
	var p progress
	if err = kind.Read(r, &p); err == nil {
		err = t.same(&p, n)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	t.progress = p
	return r, nil
}

// restore reads the rest of a checkpoint.
func (t *training) restore(r io.Reader) error {
	for _, table := range t.tables.all() {
		if err := readTable(table, r); err != nil {
			return checkpoint.Damaged(err)
		}
	}
	if err := t.owner.ReadState(r); err != nil {
		return checkpoint.Damaged(err)
	}
	return checkpoint.End(r)
}

// readTable reads the state of a table, and nothing of what comes behind it.
func readTable(table *embedding.Table, r io.Reader) error {
	return table.ReadState(io.LimitReader(r, table.StateSize()))
}

// same compares what the checkpoint was written with, and what is to go on.
func (t *training) same(p *progress, n *ctr.Network) error {
	if err := checkpoint.Same(p.Settings, t.settings(n)); err != nil {
		return err
	}
	if n := len(p.History); n > t.o.Epochs || p.Best < 0 || p.Best > n || p.Now.Batches < 0 || p.Now.Batches >= max(1, t.perEpoch) {
		return formats.Reason(formats.ErrCorrupt, "the checkpoint is of %d epochs and %d batches, the best %d", n, p.Now.Batches, p.Best)
	}
	return nil
}
