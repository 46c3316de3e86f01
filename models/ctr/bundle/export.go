package bundle

import (
	"bufio"
	"encoding/json"
	"io"
	"strconv"
)

// Export returns what other programs need beside the graph, as files: the tables, rows
// of little-endian float32 from number 0 on; the names, a string of JSON on each line
// from number 1 on; and the category of each item, a number on each line, likewise.
func (m *Model) Export() map[string]func(io.Writer) error {
	files := map[string]func(io.Writer) error{
		"item-categories.txt": func(to io.Writer) error {
			w := bufio.NewWriter(to)
			for _, c := range m.Category[1:] {
				w.Write(append(strconv.AppendUint(w.AvailableBuffer(), uint64(c), 10), '\n'))
			}
			return w.Flush()
		},
	}
	for _, t := range m.tables() {
		files[t.what+".bin"] = func(to io.Writer) error {
			w := bufio.NewWriter(to)
			writeNumbers(w, *t.rows)
			return w.Flush()
		}
		files[t.what+".jsonl"] = func(to io.Writer) error { return writeNames(to, t.names) }
	}
	return files
}

func writeNames(to io.Writer, names *Names) error {
	w := bufio.NewWriter(to)
	for _, name := range names.list[1:] {
		text, err := json.Marshal(name)
		if err != nil {
			return err
		}
		w.Write(append(text, '\n'))
	}
	return w.Flush()
}
