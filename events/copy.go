package events

import (
	"context"
	"errors"
	"io"
	"os"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/formats"
)

// Seal writes the log as it is, under another key or, where k is nil, in plain. What is
// damaged is not sealed as if it were whole: the error matches ErrCorrupt.
func (l *Log) Seal(w io.Writer, k *key.Key) error {
	out, closeOut, err := sealedWriter(w, k)
	if err != nil {
		return err
	}
	at := int64(headerSize)
	if _, err := io.Copy(out, io.NewSectionReader(l.r, 0, at)); err != nil {
		return err
	}
	for i := range l.index.blocks {
		b, err := l.storedBlock(i)
		if err != nil {
			return err
		}
		if _, err := out.Write(b); err != nil {
			return err
		}
		at += int64(len(b))
	}
	if _, err := io.Copy(out, io.NewSectionReader(l.r, at, l.size-at)); err != nil {
		return err
	}
	return closeOut()
}

// AddLog adds all of another log, in its order.
func (b *Builder) AddLog(ctx context.Context, l *Log) error {
	if l.Info().Pseudonyms {
		if b.o.Pseudonyms != nil {
			return formats.Reason(formats.ErrUsage, "the names in %s are pseudonyms already", l.path)
		}
		b.pseudonyms = true
	}
	v, err := l.Vocabularies()
	if err != nil {
		return err
	}
	users, err := b.users.all(v.Users)
	if err != nil {
		return err
	}
	items, err := b.items.all(v.Items)
	if err != nil {
		return err
	}
	for i, c := range v.Category {
		if c != 0 {
			if err := b.Item([]byte(v.Items.Names[i]), []byte(v.Categories.Names[c])); err != nil {
				return err
			}
		}
	}
	file, count := b.File(l.path), int64(0)
	for c, err := range l.Chunks(ctx) {
		if err != nil {
			return err
		}
		for i, user := range c.Users {
			for j := c.Starts[i]; j < c.Starts[i+1]; j++ {
				count++
				r := row{user: users[user], item: items[c.Items[j]], time: c.Times[j], value: c.Values[j], place: b.Place(file, count)}
				if err := b.take(&r); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// all returns the numbers of all names of a vocabulary, by their numbers there.
func (v *numbering) all(of *Vocabulary) ([]uint32, error) {
	numbers := make([]uint32, len(of.Names))
	for i, name := range of.Names[1:] {
		var err error
		if numbers[i+1], err = v.number([]byte(name)); err != nil {
			return nil, err
		}
	}
	return numbers, nil
}

// Temporary makes a log that is gone when it is closed. It lies on the disk
// meanwhile, under a key that only the process has. Like Finish it may be called
// once.
func (b *Builder) Temporary(ctx context.Context) (*Log, Report, error) {
	f, err := newTemporary(b.o.Scratch)
	if err != nil {
		return nil, b.report, err
	}
	l, err := b.temporaryIn(ctx, f)
	if err != nil {
		f.Close()
		return nil, b.report, err
	}
	l.closer = append(l.closer, f)
	return l, b.report, nil
}

func (b *Builder) temporaryIn(ctx context.Context, f *temporary) (*Log, error) {
	out, closeOut, err := sealedWriter(f, b.temporary)
	if err != nil {
		return nil, err
	}
	if _, err := b.write(ctx, out); err != nil {
		return nil, err
	}
	if err := closeOut(); err != nil {
		return nil, err
	}
	st, err := f.Stat()
	if err != nil {
		return nil, err
	}
	in, err := sealed.Open(f, st.Size(), b.temporary, Purpose)
	if err != nil {
		return nil, err
	}
	return Read(in, in.Size())
}

// temporary is a file that is gone when it is closed, and where the system allows
// that has no name from the beginning, so that it is gone even if the process is
// killed.
type temporary struct {
	*os.File
	named bool
}

func newTemporary(dir string) (*temporary, error) {
	f, err := os.CreateTemp(dir, "datum-events-")
	if err != nil {
		return nil, err
	}
	return &temporary{f, os.Remove(f.Name()) != nil}, nil
}

// Close removes the file.
func (t *temporary) Close() error {
	err := t.File.Close()
	if t.named {
		err = errors.Join(err, os.Remove(t.Name()))
	}
	return err
}
