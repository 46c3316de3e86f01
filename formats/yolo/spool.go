package yolo

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
	"iter"
	"os"

	"datum/internal/scratch"
	"datum/internal/workers"
)

// spool holds what is to be written of each picture on disk, until all have
// been seen and it is known in which way to write. It is a sequence of batches,
// each behind its length.
type spool struct{ file *scratch.File }

const spoolName = ".spool"

func newSpool(root *os.Root) (*spool, error) {
	f, err := scratch.Create(root, spoolName)
	if err != nil {
		return nil, err
	}
	return &spool{f}, nil
}

// spools reports whether it is not known yet in which way to write.
func (e *exporter) spools() bool { return !e.decided && (e.task == auto || e.task == pose) }

// makeRecords makes a batch of the spool.
func (e *exporter) makeRecords(m *maker, sheets []sheet, out *made) {
	for i := range sheets {
		r := &sheets[i].record
		r.Objects = m.assembler.assemble(sheets[i].annotations, r.Item)
		e.see(out, r)
		out.records = appendRecord(out.records, r)
		r.Objects = nil
	}
}

// addRecords adds a batch to the spool.
func (e *exporter) addRecords(batch []byte) (err error) {
	if e.spool == nil {
		if e.spool, err = newSpool(e.root); err != nil {
			return err
		}
	}
	_, err = e.spool.file.Write(append(binary.AppendUvarint(nil, uint64(len(batch))), batch...))
	return err
}

// emitSpooled makes the label files of what was put off.
func (e *exporter) emitSpooled() error {
	e.decided = true
	if e.spool == nil {
		return nil
	}
	for raw, err := range e.spool.batches() {
		if err == nil {
			err = e.ctx.Err()
		}
		if err == nil {
			err = e.drain(2*workers.Count(e.opts.Workers) - 1)
		}
		if err != nil {
			return err
		}
		e.pending = append(e.pending, workers.Go(e.pool, func() (made, error) {
			sheets, err := (&spooled{b: raw}).records()
			if err != nil {
				return made{}, err
			}
			return e.make(sheets)
		}))
	}
	if err := errors.Join(e.drain(0), e.spool.remove()); err != nil {
		return err
	}
	e.spool = nil
	return nil
}

// batches yields what was added, in order.
func (s *spool) batches() iter.Seq2[[]byte, error] {
	return func(yield func([]byte, error) bool) {
		in, err := s.file.Reader()
		if err != nil {
			yield(nil, err)
			return
		}
		r := bufio.NewReaderSize(in, 64<<10)
		for {
			n, err := binary.ReadUvarint(r)
			if err == io.EOF {
				return
			}
			raw := make([]byte, n)
			if err == nil {
				_, err = io.ReadFull(r, raw)
			}
			if !yield(raw, err) || err != nil {
				return
			}
		}
	}
}

// remove removes the file.
func (s *spool) remove() error { return s.file.Remove() }
