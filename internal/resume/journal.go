// Package resume keeps account of the media files that an export has finished,
// so that a run after an interruption does not make them again.
//
// The account is a journal: one line for each file, written when the file is
// whole, and every few seconds, after those files were flushed to the disk, a
// line that says so. What is before the last of these lines is certain, also
// after a loss of power; what is after it is taken over only if its content is
// proven. A line that was cut off ends the journal.
//
// Where the export is encrypted every line is a token: nobody without the key can
// make a line up, or read the names in it. Lines are numbered and bear the id of
// their journal, so none can be left out, moved or brought from elsewhere.
package resume

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"

	"datum/crypto/fernet"
)

const (
	journalName = "journal"
	mediaName   = "media"
	// KeyName is the file in which a new key is kept until the export is done.
	KeyName = "secret_key.txt"
	version = 1
	// longestLine bounds a line of the journal.
	longestLine = 64 << 10
	// flushInterval is the time after which finished files are flushed.
	flushInterval = 2 * time.Second
)

// record is a line of the journal.
type record struct {
	ID string `json:"id"`
	N  uint64 `json:"n"`
	// Begin is the first line.
	Begin *begin `json:"begin,omitempty"`
	// Done is about a finished file.
	Done *done `json:"done,omitempty"`
	// Flushed says that the files of all lines with lower numbers are on the
	// disk.
	Flushed uint64 `json:"flushed,omitempty"`
}

type begin struct {
	Version    int    `json:"version"`
	Conversion string `json:"conversion"` // what was to be done
}

type done struct {
	Path  string `json:"path"`
	Inode uint64 `json:"inode"`
	Size  int64  `json:"size"`
	Time  int64  `json:"time"` // when the file was last changed
	Stamp string `json:"stamp,omitempty"`
	Note  []byte `json:"note,omitempty"`
}

// Journal is the account of one export. Several goroutines may use it.
type Journal struct {
	kept   string // the folder that outlasts runs
	cipher *fernet.Cipher
	// Anew says why nothing is taken over although an earlier run left
	// something; empty otherwise.
	Anew string

	// What an earlier run left: the last line about each path, by its hash, and
	// the number below which lines are certain.
	lines   map[uint64]place
	certain uint64

	staging string
	flush   func(paths []string) error

	mu      sync.Mutex
	file    *os.File
	id      string
	n       uint64
	size    int64
	pending []string // finished since the last flush
	flushed time.Time
	busy    bool
	taken   int
	made    int
}

// place is where a line is, and its number. In memory there is no more of it: a
// dataset may have millions of files.
type place struct {
	at int64
	n  uint64
}

var seed = maphash.MakeSeed()

func hash(path string) uint64 { return maphash.String(seed, path) }

// Open takes over what an interrupted run has left, if it was the same
// conversion. The folder left is the one that it filled, kept the one that
// outlasts runs; neither need be there. A nil cipher means a journal in plain.
// Nobody else may use the folders.
func Open(left, kept, conversion string, cipher *fernet.Cipher) (*Journal, error) {
	j := &Journal{kept: kept, cipher: cipher, lines: map[uint64]place{}, flushed: time.Now()}
	err := j.load(conversion)
	switch {
	case err == nil:
		if err := moveInto(left, j.media()); err != nil {
			return nil, errors.Join(err, j.file.Close())
		}
		return j, nil
	case errors.Is(err, os.ErrNotExist):
	default:
		j.Anew = err.Error()
	}
	if err := j.start(conversion); err != nil {
		j.Discard()
		return nil, err
	}
	return j, nil
}

// Discard removes all that is kept.
func (j *Journal) Discard() {
	j.Close()
	os.RemoveAll(j.kept)
}

func (j *Journal) path() string  { return filepath.Join(j.kept, journalName) }
func (j *Journal) media() string { return filepath.Join(j.kept, mediaName) }

// start begins a new journal. What else was kept is removed.
func (j *Journal) start(conversion string) (err error) {
	if err := os.RemoveAll(j.kept); err != nil {
		return err
	}
	if err := os.Mkdir(j.kept, 0o700); err != nil {
		return err
	}
	if j.file, err = os.OpenFile(j.path(), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		return err
	}
	j.id, j.n, j.size = rand.Text(), 0, 0
	j.lines, j.certain = map[uint64]place{}, 0
	return j.append(record{Begin: &begin{version, conversion}})
}

// load reads the journal of an earlier run. Its error says why it is of no use.
func (j *Journal) load(conversion string) (err error) {
	if j.file, err = os.OpenFile(j.path(), os.O_RDWR, 0); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			j.file.Close()
		}
	}()
	in := bufio.NewReaderSize(j.file, longestLine)
	for {
		line, err := in.ReadSlice('\n')
		if err != nil {
			break // the end, or a line that was cut off
		}
		r, ok := j.decode(line)
		if !ok || !j.follows(r) {
			break
		}
		if r.Begin != nil && (r.Begin.Version != version || r.Begin.Conversion != conversion) {
			return errors.New("the input, the options or the key have changed")
		}
		j.note(r, int64(len(line)))
	}
	if j.n == 0 {
		return errors.New("its journal cannot be read, or was made under another key")
	}
	return j.file.Truncate(j.size)
}

// follows reports whether a line may come next.
func (j *Journal) follows(r record) bool {
	if j.n == 0 {
		j.id = r.ID
		return r.N == 0 && r.Begin != nil
	}
	return r.ID == j.id && r.N == j.n && r.Begin == nil
}

// note takes a line of the earlier run into account.
func (j *Journal) note(r record, length int64) {
	if r.Done != nil {
		j.lines[hash(r.Done.Path)] = place{j.size, j.n}
	}
	j.size += length
	j.n++
	j.certain = max(j.certain, min(r.Flushed, j.n))
}

// append writes a line.
func (j *Journal) append(r record) error {
	r.ID, r.N = j.id, j.n
	line, err := j.encode(r)
	if err != nil {
		return err
	}
	if len(line) > longestLine {
		return nil // a file with such a name is made again
	}
	if _, err := j.file.WriteAt(line, j.size); err != nil {
		return fmt.Errorf("the journal for --resume: %w", err)
	}
	j.size += int64(len(line))
	j.n++
	return nil
}

func (j *Journal) encode(r record) ([]byte, error) {
	line, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if j.cipher != nil {
		line = j.cipher.AppendEncrypt(nil, line)
	}
	return append(line, '\n'), nil
}

func (j *Journal) decode(line []byte) (r record, ok bool) {
	line = bytes.TrimSuffix(line, []byte{'\n'})
	if j.cipher != nil {
		var err error
		if line, err = j.cipher.AppendDecrypt(nil, line); err != nil {
			return r, false
		}
	}
	return r, json.Unmarshal(line, &r) == nil
}

// line reads the line at a place again.
func (j *Journal) line(at int64) (*done, error) {
	b := make([]byte, 1<<10)
	for {
		n, err := j.file.ReadAt(b, at)
		if end := bytes.IndexByte(b[:n], '\n'); end >= 0 {
			if r, ok := j.decode(b[:end]); ok && r.Done != nil {
				return r.Done, nil
			}
			return nil, nil
		}
		if err != nil && err != io.EOF {
			return nil, err
		}
		if err == io.EOF || len(b) > longestLine {
			return nil, nil
		}
		b = make([]byte, 2*len(b))
	}
}
