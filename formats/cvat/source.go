package cvat

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path"
	"strconv"
	"sync/atomic"

	"datum/files"
	"datum/formats"
	"datum/internal/xmltext"
)

// source is one annotation file. It is read twice: once from the beginning to
// the end, to find where the images and the shapes of tracks lie, and then
// piece by piece. In between, each image costs about 100 bytes of memory, each shape
// of a track 24 bytes, and each track about 150.
type source struct {
	folder *files.Folder
	name   string
	// dir is the folder of the file: pictures are looked for from here.
	dir    string
	subset string // of images that name none
	own    string // tells the file from others
	lines  lineMarks
	meta   *xmltext.Node
	video  string // the file that <meta> names as the source of the frames
	// width and height are those of all frames, where <meta> says so.
	width, height int32
	// pictures says that images have the names of pictures.
	pictures bool
	// seeks says that there are pictures with the names of frames.
	seeks bool

	groups  []group
	groupOf map[group]int32
	images  []imageRef // by group and place in the file
	tracks  []trackRef
	shapes  []shapeRef // by group, frame and place in the file
	frames  []frameRef // pictures of frames, by group and frame

	place  atomic.Int32 // where the last picture was, see [source.picture]
	suffix atomic.Int32 // the extension that the last frame had
}

// group is what numbers of frames count in: the task of a subset. Empty names
// stand for those that the file as a whole has.
type group struct{ subset, task string }

// imageRef is an <image> of the file.
type imageRef struct {
	at    int64
	size  uint32
	group int32
	id    int64
}

// shapeRef is a shape of a track.
type shapeRef struct {
	at    int64
	size  uint32
	frame uint32
	track int32
}

// trackRef is a <track> without its shapes.
type trackRef struct {
	id, group     int32
	groupID       int64
	label, source string
}

// frameRef is a frame that is there as a picture only.
type frameRef struct {
	group int32
	frame uint32
}

// declaredSubset is the subset that <meta> gives the task.
func (x *source) declaredSubset() string {
	if task := x.meta.Child("task"); task != nil {
		return task.Value("subset")
	}
	return x.meta.Child("job").Value("subset")
}

// readMeta takes from <meta> what all frames have in common.
func (x *source) readMeta(meta *xmltext.Node) {
	x.meta = meta
	for _, n := range meta.Children {
		if n.Value("source") != "" && x.video == "" {
			x.video = n.Value("source")
		}
		if size := n.Child("original_size"); size != nil {
			w, errW := strconv.ParseInt(size.Value("width"), 10, 32)
			h, errH := strconv.ParseInt(size.Value("height"), 10, 32)
			if errW == nil && errH == nil && w > 0 && h > 0 {
				x.width, x.height = int32(w), int32(h)
			}
		}
	}
	if meta.Value("source") != "" && x.video == "" {
		x.video = meta.Value("source")
	}
}

// groupIndex returns the number of a group, which is made at first use.
func (x *source) groupIndex(g group) int32 {
	i, ok := x.groupOf[g]
	if !ok {
		i = int32(len(x.groups))
		x.groups = append(x.groups, g)
		x.groupOf[g] = i
	}
	return i
}

// subsetOf is the subset of a group.
func (x *source) subsetOf(g int32) string {
	if s := x.groups[g].subset; s != "" {
		return s
	}
	return x.subset
}

// open opens the file.
func (x *source) open() (files.File, error) {
	file, err := x.folder.OpenFile(x.name)
	return file, formats.At(x.folder, formatName, x.name, err)
}

// leaves reports whether a file is a link that leads out of the folder.
func leaves(f *files.Folder, name string) bool {
	_, err := f.Stat(name)
	return errors.Is(err, files.ErrLeaves)
}

// at gives an error its place in the file.
func (x *source) at(offset int64, item string, err error) error {
	var placed *formats.Error
	if err == nil || errors.As(err, &placed) {
		return err
	}
	var p *fs.PathError
	if errors.As(err, &p) {
		return formats.At(x.folder, formatName, x.name, err)
	}
	var syntax *xmltext.Error
	if errors.As(err, &syntax) {
		offset, err = syntax.At, syntax.Err
	}
	e := &formats.Error{Format: formatName, Path: x.folder.Path(x.name), Line: x.line(offset), Item: item, Err: err}
	if hint := formats.Hint(err); hint != "" {
		return formats.WithHint(e, "%s", hint)
	}
	return e
}

// lineBlock is how many bytes lie between two marks.
const lineBlock = 64 << 10

// lineMarks are the numbers of lines that end before each block of a file. It
// is an [io.Writer] that the file goes through.
type lineMarks struct {
	before []int64
	lines  int64
	bytes  int64
}

// Write counts.
func (m *lineMarks) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		if m.bytes%lineBlock == 0 {
			m.before = append(m.before, m.lines)
		}
		part := b[:min(int64(len(b)), lineBlock-m.bytes%lineBlock)]
		m.lines += int64(bytes.Count(part, []byte{'\n'}))
		m.bytes += int64(len(part))
		b = b[len(part):]
	}
	return n, nil
}

// line returns the number of the line at an offset, 0 where it is not known.
func (x *source) line(offset int64) int {
	block := min(offset/lineBlock, int64(len(x.lines.before))-1)
	if block < 0 {
		return 0
	}
	file, err := x.folder.OpenFile(x.name)
	if err != nil {
		return 0
	}
	defer file.Close()
	part := make([]byte, min(offset-block*lineBlock, 2*lineBlock))
	n, err := file.ReadAt(part, block*lineBlock)
	if err != nil && err != io.EOF {
		return 0
	}
	return int(x.lines.before[block]) + bytes.Count(part[:n], []byte{'\n'}) + 1
}

// below returns a path from the folder of the file on.
func (x *source) below(names ...string) string { return path.Join(x.dir, path.Join(names...)) }
