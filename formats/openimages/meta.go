package openimages

import (
	"bufio"
	"cmp"
	"errors"
	"io/fs"
	"math"
	"path"
	"slices"
	"strconv"
	"strings"

	"datum/files"
	"datum/formats"
)

// sizes are the sizes of pictures that images.meta lists: 16 bytes for each.
type sizes []pictureSize

type pictureSize struct {
	hash          uint64
	height, width int32
}

func (s sizes) of(hash uint64) (height, width int32, ok bool) {
	i, ok := slices.BinarySearchFunc(s, hash, func(p pictureSize, h uint64) int { return cmp.Compare(p.hash, h) })
	if !ok {
		return 0, 0, false
	}
	return s[i].height, s[i].width, true
}

// metaName is the name of a picture in images.meta where another subset has one
// of the same id.
func metaName(subset, id string) string { return subset + "//" + id }

// readMeta reads images.meta, where there is one.
func readMeta(f *files.Folder, h hasher) (s sizes, err error) {
	for _, name := range []string{path.Join(annotationsDir, metaFile), metaFile} {
		file, err := f.OpenFile(name)
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, formats.At(f, formatName, name, err)
		}
		defer file.Close()
		lines := bufio.NewScanner(file)
		lines.Buffer(nil, maxRecord)
		for n := 1; lines.Scan(); n++ {
			image, height, width, err := parseMeta(lines.Text())
			if err != nil {
				return nil, &formats.Error{Format: formatName, Path: f.Path(name), Line: n, Err: err}
			}
			if image != "" {
				s = append(s, pictureSize{h.id(image), height, width})
			}
		}
		if err := lines.Err(); err != nil {
			if errors.Is(err, bufio.ErrTooLong) {
				err = formats.Reason(formats.ErrCorrupt, "a line of more than %d bytes", maxRecord)
			}
			return nil, &formats.Error{Format: formatName, Path: f.Path(name), Err: err}
		}
	}
	slices.SortStableFunc(s, func(a, b pictureSize) int { return cmp.Compare(a.hash, b.hash) })
	return s, nil
}

// parseMeta reads a line: a name in the quotes of a shell, height and width.
// The name is empty where the line says nothing.
func parseMeta(line string) (name string, height, width int32, err error) {
	fields, ok := shellWords(line)
	if ok && len(fields) == 0 {
		return "", 0, 0, nil
	}
	if !ok || len(fields) < 3 || fields[0] == "" {
		return "", 0, 0, formats.Reason(formats.ErrCorrupt, "a line is the name of a picture, its height and its width")
	}
	for i, p := range []*int32{&height, &width} {
		n, err := strconv.ParseUint(fields[1+i], 10, 31)
		if err != nil || n == 0 || n > math.MaxInt32 {
			return "", 0, 0, formats.Reason(formats.ErrCorrupt, "%q is no height or width of a picture", fields[1+i])
		}
		*p = int32(n)
	}
	return fields[0], height, width, nil
}

// shellWords splits a line as a shell does, comments left out.
func shellWords(line string) (words []string, ok bool) {
	var word strings.Builder
	in := false
	for i := 0; i < len(line); i++ {
		switch c := line[i]; c {
		case ' ', '\t', '\r':
			if in {
				words = append(words, word.String())
				word.Reset()
				in = false
			}
		case '#':
			i = len(line)
		case '\'', '"':
			end := strings.IndexByte(line[i+1:], c)
			if end < 0 {
				return nil, false
			}
			word.WriteString(line[i+1 : i+1+end])
			i += 1 + end
			in = true
		case '\\':
			if i++; i < len(line) {
				word.WriteByte(line[i])
				in = true
			}
		default:
			word.WriteByte(c)
			in = true
		}
	}
	if in {
		words = append(words, word.String())
	}
	return words, true
}

// shellQuote is shellWords the other way, for one word.
func shellQuote(s string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("@%+=:,./-_", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'"'"'`) + "'"
}
