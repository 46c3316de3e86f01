package modelfile

import (
	"crypto/sha256"
	"io"

	"datum/crypto/key"
	"datum/crypto/sealed"
)

// SealIR writes an IR that is in memory to w as one sealed file under k, as
// File.Seal writes one that lies in files. Its parts are called name, with the usual extensions.
func SealIR(w io.Writer, k *key.Key, name string, xml, weights []byte) error {
	whole := func(data []byte) func(io.Writer) error {
		return func(w io.Writer) error { _, err := w.Write(data); return err }
	}
	return sealParts(w, k, name, sealing{RoleXML, whole(xml)}, sealing{RoleBin, whole(weights)})
}

// SealOne writes a model of one part to w as one sealed file under k. The content is
// what write writes.
func SealOne(w io.Writer, k *key.Key, name string, role Role, write func(io.Writer) error) error {
	return sealParts(w, k, name, sealing{role, write})
}

// A sealing is a part that is being sealed.
type sealing struct {
	role  Role
	write func(io.Writer) error
}

func sealParts(w io.Writer, k *key.Key, name string, contents ...sealing) error {
	out, err := sealed.NewWriter(w, k, Purpose)
	if err != nil {
		return trouble(err)
	}
	var parts []Part
	for _, c := range contents {
		sum, n := sha256.New(), counter(0)
		if err := c.write(io.MultiWriter(out, sum, &n)); err != nil {
			return err
		}
		parts = append(parts, Part{Name: name + "." + string(c.role), Role: c.role, Size: int64(n), SHA256: Hash(sum.Sum(nil))})
	}
	return closeSealed(out, parts)
}

// A counter counts the bytes that are written to it.
type counter int64

func (c *counter) Write(p []byte) (int, error) {
	*c += counter(len(p))
	return len(p), nil
}
