package cloud

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"gocloud.dev/blob"
	"gocloud.dev/gcerrors"

	"datum/formats"
)

// markName is the object that lies in a folder while it is written. Its name
// begins with a dot, so that no format takes it for a part of a dataset.
const markName = ".datum-writing"

// What the first line of a mark says.
const (
	writing     = "writing"
	interrupted = "interrupted"
)

const (
	// renewal is how often a mark is written again while there is something to
	// be uploaded.
	renewal = 5 * time.Minute
	// abandoned is how old a mark is that nobody renews any more. It is long, as
	// the clocks of the two machines may differ.
	abandoned = time.Hour
)

// maxMark is how much is read of a mark.
const maxMark = 1024

// mark keeps other writers away from a folder, and tells readers that it is not
// complete.
type mark struct {
	*remote
	key  string
	text string
}

var errTaken = errors.New("another process took it over")

func newMark(r *remote) *mark {
	host, err := os.Hostname()
	if err != nil {
		host = "an unknown machine"
	}
	text := fmt.Sprintf("%s\nby %s since %s\n%s\n", writing, host, time.Now().UTC().Format(time.RFC3339), rand.Text())
	return &mark{r, r.at.prefix() + markName, text}
}

// take sets the mark where there is none, or replaces that of a run that says
// of itself that it was interrupted.
func (m *mark) take(ctx context.Context, overwrite bool) error {
	err := m.set(ctx)
	if !isThere(err) {
		return m.failure(err)
	}
	if _, err := m.judge(ctx, overwrite); err != nil {
		return err
	}
	if err := m.remove(ctx); err != nil {
		return err
	}
	if err = m.set(ctx); isThere(err) {
		return m.busy("")
	}
	return m.failure(err)
}

func (m *mark) set(ctx context.Context) error {
	err := m.bucket.WriteAll(ctx, m.key, []byte(m.text), &blob.WriterOptions{ContentType: "text/plain", IfNotExist: true})
	if gcerrors.Code(err) != gcerrors.Unimplemented && !answered(err, "NotImplemented") {
		return err
	}
	// A server without conditional writes: two that begin in the same moment go
	// unnoticed until one of them checks its mark.
	if text, _, err := m.read(ctx); err != nil || text != "" {
		return errors.Join(err, m.busy(text))
	}
	return m.write(ctx)
}

func (m *mark) write(ctx context.Context) error {
	return m.bucket.WriteAll(ctx, m.key, []byte(m.text), &blob.WriterOptions{ContentType: "text/plain"})
}

// read returns the mark, empty where there is none, and when it was written.
func (m *mark) read(ctx context.Context) (text string, at time.Time, err error) {
	r, err := m.bucket.NewRangeReader(ctx, m.key, 0, maxMark, nil)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return "", at, nil
	}
	if err != nil {
		return "", at, m.failure(err)
	}
	defer r.Close()
	var b strings.Builder
	if _, err := r.WriteTo(&b); err != nil {
		return "", at, m.failure(err)
	}
	if b.Len() == 0 {
		b.WriteString(writing)
	}
	return b.String(), r.ModTime(), nil
}

// keep renews the mark until the context ends. It ends the upload, by stop,
// where another process took it over.
func (m *mark) keep(ctx context.Context, stop context.CancelCauseFunc) {
	for wait(ctx, renewal) == nil {
		err := m.check(ctx)
		if errors.Is(err, errTaken) {
			stop(err)
			return
		}
		if err == nil {
			_ = m.write(ctx) // the next time will do, too
		}
	}
}

// judge says whether the mark that is there, if any, forbids to write. left says
// that an interrupted run left it, or one that was killed, and that it may be
// overwritten.
func (m *mark) judge(ctx context.Context, overwrite bool) (left bool, err error) {
	text, at, err := m.read(ctx)
	if err != nil || text == "" {
		return false, err
	}
	first, _, _ := strings.Cut(text, "\n")
	switch {
	case first != interrupted && time.Since(at) < abandoned:
		return false, m.busy(text)
	case !overwrite:
		return false, formats.WithHint(formats.Reason(formats.ErrExists, "%s: an interrupted run left a part of a dataset there", m.at.name), "--overwrite replaces it")
	}
	return true, nil
}

func (m *mark) busy(text string) error {
	who := ""
	if lines := strings.Split(text, "\n"); len(lines) > 1 && len(lines[1]) < 200 {
		who = fmt.Sprintf(" (%q)", lines[1])
	}
	return formats.WithHint(formats.Reason(formats.ErrExists, "%s: another process is writing it%s", m.at.name, who),
		"wait for it; if it was killed, delete the object %s/%s, or wait for an hour, and write again with --overwrite", m.at.name, markName)
}

// check looks whether the mark is still ours.
func (m *mark) check(ctx context.Context) error {
	text, _, err := m.read(ctx)
	if err == nil && text != m.text {
		err = fmt.Errorf("%s: %w while this one was writing it", m.at.name, errTaken)
	}
	return err
}

// interrupted says that nobody is writing any more, and that it is not complete.
func (m *mark) interrupted(ctx context.Context) error {
	m.text = interrupted + strings.TrimPrefix(m.text, writing)
	return m.failure(m.write(ctx))
}

func (m *mark) remove(ctx context.Context) error {
	err := m.bucket.Delete(ctx, m.key)
	if gcerrors.Code(err) == gcerrors.NotFound {
		return nil
	}
	return m.failure(err)
}

func (m *mark) failure(err error) error {
	var said *hidden
	if errors.As(err, &said) || errors.Is(err, formats.ErrExists) {
		return err
	}
	return failure(m.at.name, m.at.bucket.Scheme, err)
}
