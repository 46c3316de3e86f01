package yolo

import (
	"strconv"
	"strings"

	"datum/files"
)

// metaName is the file with the sizes of pictures that are not there.
const metaName = "images.meta"

// size is that of a picture, 0 × 0 where it is not known.
type size struct{ width, height int32 }

// sizes are those that images.meta gives, by the path of a picture, by its
// name, or by its name without extension.
type sizes map[string]size

// of returns the size of the first name that is listed.
func (s sizes) of(names ...string) size {
	for _, n := range names {
		if z, ok := s[n]; ok {
			return z
		}
	}
	return size{}
}

// parseMeta reads lines of a name in quotes, the height and the width. It
// returns the names in order as well. Lines of other kinds are passed over:
// other formats use files of this name too.
func parseMeta(text []byte) (sizes, []string) {
	s, order := sizes{}, []string{}
	for _, one := range textLines(text) {
		name, rest, ok := cutQuoted(one)
		fields := strings.Fields(rest)
		if !ok || len(fields) < 2 {
			continue
		}
		h, err1 := strconv.ParseInt(fields[0], 10, 32)
		w, err2 := strconv.ParseInt(fields[1], 10, 32)
		if err1 != nil || err2 != nil || h < 0 || w < 0 {
			continue
		}
		if _, again := s[name]; !again {
			order = append(order, name)
		}
		s[name] = size{int32(w), int32(h)}
	}
	return s, order
}

// cutQuoted cuts a line behind its first word, by the rules of a shell.
func cutQuoted(one string) (word, rest string, ok bool) {
	if one == "" {
		return "", "", false
	}
	quote := one[0]
	if quote != '"' && quote != '\'' {
		i := strings.IndexAny(one, " \t")
		if i < 0 {
			return "", "", false
		}
		return one[:i], one[i:], true
	}
	var b strings.Builder
	for i := 1; i < len(one); i++ {
		switch c := one[i]; {
		case c == quote:
			return b.String(), one[i+1:], true
		case c == '\\' && quote == '"' && i+1 < len(one) && (one[i+1] == '"' || one[i+1] == '\\'):
			i++
			b.WriteByte(one[i])
		default:
			b.WriteByte(c)
		}
	}
	return "", "", false
}

// appendMeta appends a line.
func appendMeta(dst []byte, name string, z size) []byte {
	dst = append(dst, '"')
	for i := range len(name) {
		if name[i] == '\\' || name[i] == '"' {
			dst = append(dst, '\\')
		}
		dst = append(dst, name[i])
	}
	dst = append(dst, `" `...)
	dst = strconv.AppendInt(dst, int64(z.height), 10)
	dst = append(dst, ' ')
	return append(strconv.AppendInt(dst, int64(z.width), 10), '\n')
}

// readMeta reads images.meta, if there is one.
func readMeta(f *files.Folder, most int64) (sizes, []string, error) {
	if !f.Has(metaName) {
		return sizes{}, nil, nil
	}
	text, err := f.ReadFile(metaName, most)
	if err != nil {
		return nil, nil, err
	}
	s, order := parseMeta(text)
	return s, order, nil
}
