package text

import "bytes"

// quoting is how a table quotes its fields: as RFC 4180 says, with a separator of
// its own. nil stands for texts whose lines are records.
type quoting struct{ separator byte }

// end returns where the first record of a text ends, its line end included.
func (q *quoting) end(text []byte) int {
	at := bytes.IndexByte(text, '\n') + 1
	if at == 0 {
		at = len(text)
	}
	if q == nil || bytes.IndexByte(text[:at], '"') < 0 {
		return at
	}
	end, _ := q.scan(text, 1)
	return end
}

// lastEnd returns where the last whole record of a text ends.
func (q *quoting) lastEnd(text []byte) int {
	_, last := q.scan(text, len(text))
	return last
}

// scan goes through up to count records. It returns where it stopped, and where the
// last record ended that has a line end.
func (q *quoting) scan(text []byte, count int) (stopped, last int) {
	at := 0
	for at < len(text) && count > 0 {
		next := q.field(text, at)
		if next == len(text) {
			return next, last
		}
		if at = next + 1; text[next] == '\n' {
			last = at
			count--
		}
	}
	return at, last
}

// field returns where the field that begins at a place ends: at a separator, a
// line end, or the end of the text.
func (q *quoting) field(text []byte, at int) int {
	if at < len(text) && text[at] == '"' {
		at++
		for {
			quote := bytes.IndexByte(text[at:], '"')
			if quote < 0 {
				return len(text)
			}
			if at += quote + 1; at == len(text) || text[at] != '"' {
				break
			}
			at++
		}
	}
	for at < len(text) && text[at] != q.separator && text[at] != '\n' {
		at++
	}
	return at
}

// split cuts a record into fields, and takes their quotes off.
func (q *quoting) split(record []byte, into [][]byte) ([][]byte, error) {
	if bytes.IndexByte(record, '"') < 0 {
		return splitAt(record, q.separator, into, mostFields), nil
	}
	for at := 0; ; {
		end := q.field(record, at)
		field, err := unquote(record[at:end])
		if err != nil {
			return into, err
		}
		if into = append(into, field); end == len(record) || len(into) > mostFields {
			return into, nil
		}
		if at = end + 1; record[end] == '\n' {
			return into, corrupt("a quoted field does not end")
		}
	}
}

// unquote returns what a field stands for. A quote that is not at its beginning is
// one of its letters.
func unquote(field []byte) ([]byte, error) {
	if len(field) == 0 || field[0] != '"' {
		return field, nil
	}
	inner := field[1:]
	last := bytes.LastIndexByte(inner, '"')
	if last < 0 {
		return nil, corrupt("a quoted field does not end")
	}
	if rest := inner[last+1:]; len(rest) > 0 {
		return nil, corrupt("%s stands behind the end of a quoted field", shown(rest))
	}
	inner = inner[:last]
	if bytes.IndexByte(inner, '"') < 0 {
		return inner, nil
	}
	plain := bytes.ReplaceAll(inner, []byte(`""`), []byte(`"`))
	if 2*bytes.Count(inner, []byte(`""`)) != bytes.Count(inner, []byte(`"`)) {
		return nil, corrupt("a quote in a quoted field is not doubled")
	}
	return plain, nil
}

// mostFields bounds the fields of a line.
const mostFields = 1 << 12

// splitAt cuts a line at each separator, into not many more than most fields.
func splitAt(line []byte, separator byte, into [][]byte, most int) [][]byte {
	for {
		at := bytes.IndexByte(line, separator)
		if at < 0 || len(into) > most {
			return append(into, line)
		}
		into = append(into, line[:at:at])
		line = line[at+1:]
	}
}

// appendField writes a field of a table.
func (q *quoting) appendField(b []byte, field string) []byte {
	quoted := len(field) > 0 && (field[0] == ' ' || field[len(field)-1] == ' ' || field[0] == '\t' || field[len(field)-1] == '\t')
	for i := 0; i < len(field) && !quoted; i++ {
		c := field[i]
		quoted = c == q.separator || c == '"' || c == '\n' || c == '\r'
	}
	if !quoted {
		return append(b, field...)
	}
	b = append(b, '"')
	for i := range len(field) {
		if field[i] == '"' {
			b = append(b, '"')
		}
		b = append(b, field[i])
	}
	return append(b, '"')
}
