package bundle

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"hash/crc32"
	"io"
	"math"
	"os"

	"datum/crypto/key"
	"datum/internal/atomicdir"
	"datum/models/ctr"
	"datum/models/modelfile"
)

// magic begins each file.
const magic = modelfile.ClicksMark + "1\n"

// head is what a file says of itself.
type head struct {
	Network    ctr.Config `json:"network"`
	Parameters string     `json:"parameters"` // their hash
	Protocol   Protocol   `json:"protocol"`
	Training   Training   `json:"training"`
	Pseudonyms bool       `json:"pseudonyms"`
	Users      int        `json:"users"` // without 0
	Items      int        `json:"items"`
	Categories int        `json:"categories"`
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Save replaces the file at path by the model, sealed under k unless that is nil.
func (m *Model) Save(ctx context.Context, path string, k *key.Key) error {
	mode := os.FileMode(0o666)
	if k != nil {
		mode = 0o600
	}
	return atomicdir.WriteFile(ctx, path, mode, func(w io.Writer) error { return m.Write(w, k) })
}

// Write writes the model, sealed under k unless that is nil.
func (m *Model) Write(w io.Writer, k *key.Key) error {
	if err := m.Check(); err != nil {
		return err
	}
	if k == nil {
		return m.write(w)
	}
	return modelfile.SealOne(w, k, "model", modelfile.RoleClicks, m.write)
}

func (m *Model) write(to io.Writer) error {
	sum := crc32.New(castagnoli)
	w := bufio.NewWriterSize(io.MultiWriter(to, sum), 1<<16)
	hash := m.network.Parameters().Hash()
	text, err := json.Marshal(head{m.Config, hex.EncodeToString(hash[:]), m.Protocol, m.Training, m.Pseudonyms,
		m.Users.Len() - 1, m.Items.Len() - 1, m.Categories.Len() - 1})
	if err != nil {
		return err
	}
	w.WriteString(magic) // Flush tells what went wrong
	w.Write(binary.LittleEndian.AppendUint32(nil, uint32(len(text))))
	w.Write(text)
	for _, t := range m.tables() {
		for _, name := range t.names.list[1:] {
			w.Write(binary.AppendUvarint(w.AvailableBuffer(), uint64(len(name))))
			w.WriteString(name)
		}
	}
	for _, c := range m.Category {
		w.Write(binary.LittleEndian.AppendUint32(w.AvailableBuffer(), c))
	}
	for _, t := range m.tables() {
		writeNumbers(w, *t.rows)
	}
	for _, p := range m.network.Parameters().All() {
		writeNumbers(w, m.Values[p.Name])
	}
	if err := w.Flush(); err != nil {
		return err
	}
	_, err = to.Write(binary.LittleEndian.AppendUint32(nil, sum.Sum32()))
	return err
}

func writeNumbers(w *bufio.Writer, list []float32) {
	for _, v := range list {
		w.Write(binary.LittleEndian.AppendUint32(w.AvailableBuffer(), math.Float32bits(v)))
	}
}
