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
	out, err := sealed.NewWriter(w, k, Purpose)
	if err != nil {
		return trouble(err)
	}
	var parts []Part
	for _, p := range []struct {
		role Role
		data []byte
	}{{RoleXML, xml}, {RoleBin, weights}} {
		parts = append(parts, Part{Name: name + "." + string(p.role), Role: p.role, Size: int64(len(p.data)), SHA256: sha256.Sum256(p.data)})
		if _, err := out.Write(p.data); err != nil {
			return err
		}
	}
	return closeSealed(out, parts)
}
