package mot

import (
	"bufio"
	"errors"
	"fmt"
	"math"
	"os"
	"path"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/formats"
)

// outSequence is a sequence being written.
type outSequence struct {
	subset, prefix, dir, table string
	det                        bool
	file                       *os.File
	out                        *bufio.Writer
	made                       bool
	members                    map[string]string // of seqinfo.ini, carried
	used                       map[int32]bool    // frames, true where an id says the number
	last                       int32             // the largest frame
	labels                     int               // of a dataset that does not list them

	// What seqinfo.ini can say: of all frames the same, and no gaps.
	ext                string
	width, height      int32
	first              bool
	uneven             bool
	unseen, sized      int // frames without row and picture; with a size that no picture has
	unseenAt, unsizeAt string
	exts               int
	extAt              string
}

func newOutSequence(e *exporter, subset, prefix string) *outSequence {
	s := &outSequence{subset: subset, prefix: prefix, dir: path.Join(subset, prefix), used: map[int32]bool{}, first: true}
	if e.flat && subset == dataset.DefaultSubset && prefix == "" {
		s.dir = "."
	}
	if info := e.Info.Subset(subset); info != nil {
		info.Attributes.Decode(carryDet, &s.det)
		var all map[string]map[string]string
		if info.Attributes.Decode(carrySeqinfo, &all) {
			s.members = all[prefix]
		}
	}
	s.table = path.Join(s.dir, gtDir, gtFile)
	if s.det {
		s.table = path.Join(s.dir, detDir, detFile)
	}
	return s
}

// number returns the number of a frame and the name of its picture. An id that
// is a number keeps it, and its digits where a picture shows them.
func (s *outSequence) number(e *exporter, base string, saved bool) (number int32, name string, err error) {
	number, ok := frameOf(base)
	if named, taken := s.used[number]; ok && taken {
		if named && e.Opts.OnCollision == formats.CollisionError {
			return 0, "", formats.WithHint(formats.Reason(formats.ErrCorrupt, "the sequence has another frame %d", number),
				"--on-collision rename gives the later one another number")
		}
		ok = false
	}
	if !ok {
		if s.last == math.MaxInt32 {
			return 0, "", formats.Reason(formats.ErrCorrupt, "the sequence has no numbers of frames left")
		}
		number = s.last + 1
	}
	name = frameName(number)
	if ok && saved {
		name = base
	}
	s.used[number] = ok
	s.last = max(s.last, number)
	return number, name, nil
}

// note notes what seqinfo.ini can say of a frame.
func (s *outSequence) note(it *dataset.Item, m *dataset.Image, number int32, name, ext string, seen, saved bool) {
	var width, height int32
	if m != nil && m.Width > 0 && m.Height > 0 {
		width, height = m.Width, m.Height
	}
	if s.first {
		s.ext, s.width, s.height, s.first = ext, width, height, false
	}
	s.uneven = s.uneven || ext != s.ext || width != s.width || height != s.height || name != frameName(number) || number == 0
	if !seen {
		if s.unseen++; s.unseen == 1 {
			s.unseenAt = formats.PlaceOf(it)
		}
	}
	if width > 0 && !saved {
		if s.sized++; s.sized == 1 {
			s.unsizeAt = formats.PlaceOf(it)
		}
	}
	if ext != ".jpg" && !saved {
		if s.exts++; s.exts == 1 {
			s.extAt = formats.PlaceOf(it)
		}
	}
}

// enter opens the rows of a sequence, after those of another.
func (s *outSequence) enter(e *exporter) error {
	if e.current == s {
		return nil
	}
	if err := e.leave(); err != nil {
		return err
	}
	flags := os.O_WRONLY | os.O_APPEND
	if !s.made {
		flags |= os.O_CREATE | os.O_EXCL
	}
	f, err := e.Open(s.table, flags)
	if err != nil {
		return err
	}
	s.file, s.out, s.made = f, bufio.NewWriterSize(f, 64<<10), true
	e.current = s
	return nil
}

// leave closes the rows that are open.
func (e *exporter) leave() error {
	s := e.current
	if s == nil {
		return nil
	}
	e.current = nil
	return errors.Join(s.out.Flush(), s.file.Close())
}

// finish writes the files beside the rows.
func (s *outSequence) finish(e *exporter) error {
	if err := s.enter(e); err != nil { // a table without rows is a table
		return err
	}
	if err := s.writeInfo(e); err != nil {
		return err
	}
	var b []byte
	for _, l := range e.labels {
		b = append(append(b, l...), '\n')
	}
	if e.Info.Categories.Labels == nil {
		for i := range s.labels {
			b = append(strconv.AppendInt(b, int64(i), 10), '\n')
			e.Loss.Add("labels without a name, named by their numbers", strconv.Itoa(i), 1)
		}
	}
	return e.WriteFile(path.Join(path.Dir(s.table), labelsFile), b)
}

// writeInfo writes seqinfo.ini, where it says nothing wrong.
func (s *outSequence) writeInfo(e *exporter) error {
	if s.uneven || s.first || s.width == 0 || s.last > maxLength || int(s.last) != len(s.used) {
		e.Loss.Add("frames without boxes and pictures dropped", s.unseenAt, s.unseen)
		e.Loss.Add("sizes of pictures that are not saved dropped", s.unsizeAt, s.sized)
		e.Loss.Add("extensions of pictures that are not saved dropped", s.extAt, s.exts)
		return nil
	}
	value := func(name, usual string) string {
		if v, ok := s.members[name]; ok && !strings.ContainsAny(v, "\r\n") {
			return v
		}
		return usual
	}
	text := fmt.Sprintf("[Sequence]\nname=%s\nimDir=%s\nframeRate=%s\nseqLength=%d\nimWidth=%d\nimHeight=%d\nimExt=%s\n",
		value("name", sequenceName(s.subset, s.prefix)), imagesDir, value("frameRate", usualRate), s.last, s.width, s.height, s.ext)
	return e.WriteFile(path.Join(s.dir, seqinfoFile), []byte(text))
}
