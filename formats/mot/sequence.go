package mot

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/internal/imagesize"
)

// sequence is one video: a folder with rows and pictures.
type sequence struct {
	dir    string // the folder
	table  string // gt.txt or det.txt, empty where there is none
	det    bool
	subset string
	prefix string // of ids
	info   seqinfo
	images string // folder
	labels []string
	global []int32 // class minus 1 to label
	frames int
}

// findSequences finds the sequences of a folder, in the order of their paths.
func findSequences(f *files.Folder, tables []string, notes *formats.Loss) (list []*sequence) {
	byDir := map[string]*sequence{}
	for _, t := range tables {
		dir := path.Dir(path.Dir(t))
		if path.Dir(t) == "." && !isUsual(f, t) {
			dir = "." // rows beside a sequence that was named by them
		}
		det := !strings.EqualFold(path.Base(path.Dir(t)), gtDir) && !strings.EqualFold(path.Base(t), gtFile)
		old := byDir[dir]
		switch {
		case old == nil:
			byDir[dir] = &sequence{dir: dir, table: t, det: det}
			list = append(list, byDir[dir])
		case det:
			notes.Add("files of detections not read, since there are annotations", f.Path(t), 1)
		default:
			notes.Add("files of detections not read, since there are annotations", f.Path(old.table), 1)
			old.table, old.det = t, false
		}
	}
	slices.SortFunc(list, func(a, b *sequence) int { return cmp.Compare(a.dir, b.dir) })
	for _, s := range list {
		s.subset, s.prefix = dataset.DefaultSubset, ""
		if s.dir != "." {
			s.subset, s.prefix, _ = strings.Cut(s.dir, "/")
		}
	}
	return list
}

// seqinfo is what seqinfo.ini says; 0 and empty where it says nothing.
type seqinfo struct {
	dir, ext              string
	length, width, height int32
	// all are the members as they stand, without those that are as usual.
	all dataset.Attributes
}

const (
	// maxLength bounds the frames that seqinfo.ini may speak of.
	maxLength = 10_000_000
	usualRate = "30"
)

func (s *sequence) readInfo(f *files.Folder, limit int64) error {
	name := path.Join(s.dir, seqinfoFile)
	text, err := f.ReadFile(name, limit)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return formats.At(f, formatName, name, err)
	}
	n := 0
	for line := range strings.Lines(strings.ToValidUTF8(string(text), "\ufffd")) {
		n++
		key, value, ok := strings.Cut(trimLine(line, n == 1), "=")
		if !ok || strings.HasPrefix(key, ";") || strings.HasPrefix(key, "#") {
			continue
		}
		key, value = strings.TrimSpace(key), strings.TrimSpace(value)
		if err := s.info.set(key, value); err != nil {
			return &formats.Error{Format: formatName, Path: f.Path(name), Line: n, Err: err}
		}
	}
	return nil
}

func (i *seqinfo) set(key, value string) (err error) {
	number := func(to *int32, most int64) {
		v, e := strconv.ParseInt(value, 10, 32)
		if e != nil || v < 0 || v > most {
			err = formats.Reason(formats.ErrCorrupt, "%s cannot be %q", key, value)
			return
		}
		*to = int32(v)
	}
	switch strings.ToLower(key) {
	case "imdir":
		i.dir = value
	case "imext":
		i.ext = value
	case "seqlength":
		number(&i.length, maxLength)
	case "imwidth":
		number(&i.width, 1<<31-1)
	case "imheight":
		number(&i.height, 1<<31-1)
	default:
		if len(i.all) < 100 {
			i.all.SetRaw(key, dataset.AppendString(nil, value))
		}
	}
	return err
}

// findImages finds the folder of the pictures.
func (s *sequence) findImages(f *files.Folder) {
	for _, dir := range []string{s.info.dir, imagesDir, "img"} {
		if at := path.Join(s.dir, dir); dir != "" && f.HasDir(at) {
			s.images = at
			return
		}
	}
}

// usualLabels are the classes of MOT16 and, the last, of MOT20.
var usualLabels = []string{
	"pedestrian", "person on vehicle", "car", "bicycle", "motorbike", "non motorized vehicle", "static person", "distractor", "occluder",
	"occluder on the ground", "occluder full", "reflection", "crowd",
}

// readLabels reads labels.txt; where there is none, the labels are the usual.
func (s *sequence) readLabels(f *files.Folder, limit int64) error {
	for _, dir := range []string{path.Dir(s.table), path.Join(s.dir, gtDir)} {
		name := path.Join(dir, labelsFile)
		text, err := f.ReadFile(name, limit)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return formats.At(f, formatName, name, err)
		}
		s.labels = []string{}
		for line := range strings.Lines(strings.ToValidUTF8(string(text), "\ufffd")) {
			s.labels = append(s.labels, trimLine(line, len(s.labels) == 0))
		}
		return nil
	}
	return nil
}

// entry is where a row is: 16 bytes.
type entry struct {
	frame int32
	line  int32
	at    int64
}

// maxLine bounds a line.
const maxLine = 4096

// scan calls each for each row of a table, or with what is wrong with one; at
// is where the row begins.
func scan(ctx context.Context, file io.Reader, each func(r row, line int32, at int64, err error) error) error {
	in := bufio.NewReaderSize(file, 64<<10)
	at := int64(0)
	for n := int32(1); ; n++ {
		if n%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		text, err := in.ReadSlice('\n')
		size := int64(len(text))
		for err == bufio.ErrBufferFull { // the rest of a line that is too long
			text, err = in.ReadSlice('\n')
			size += int64(len(text))
		}
		if err != nil && err != io.EOF {
			return err
		}
		var failed error
		if size > maxLine {
			failed = each(row{}, n, at, fmt.Errorf("a line of more than %d bytes", maxLine))
		} else if line := trimLine(string(text), n == 1); line != "" {
			r, bad := parseRow(line)
			failed = each(r, n, at, bad)
		}
		if failed != nil || err == io.EOF {
			return failed
		}
		at += size
	}
}

// picture is a file of the folder of pictures.
type picture struct {
	frame int32
	name  string
}

// pictures lists the pictures of a sequence by their frames.
func (s *sequence) pictures(f *files.Folder, notes *formats.Loss) ([]picture, error) {
	if s.images == "" {
		return nil, nil
	}
	entries, err := f.ReadDir(s.images)
	if err != nil {
		return nil, formats.At(f, formatName, s.images, err)
	}
	var list []picture
	for _, e := range entries {
		name := e.Name()
		if e.IsDir() || !imagesize.IsImage(name) {
			continue
		}
		n, ok := frameOf(strings.TrimSuffix(name, path.Ext(name)))
		if !ok {
			notes.Add("pictures whose names are no numbers of frames ignored", f.Path(path.Join(s.images, name)), 1)
			continue
		}
		list = append(list, picture{n, name})
	}
	slices.SortStableFunc(list, func(a, b picture) int { return cmp.Compare(a.frame, b.frame) })
	kept := list[:0]
	for _, p := range list {
		if len(kept) > 0 && kept[len(kept)-1].frame == p.frame {
			notes.Add("further pictures of a frame ignored", f.Path(path.Join(s.images, p.name)), 1)
			continue
		}
		kept = append(kept, p)
	}
	return kept, nil
}

// frameOf reads the number of a frame, which is all digits.
func frameOf(s string) (int32, bool) {
	if s == "" || strings.Trim(s, "0123456789") != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(s, 10, 32)
	return int32(n), err == nil
}

// frameName is the name of a frame where a source gives none.
func frameName(n int32) string { return fmt.Sprintf("%06d", n) }
