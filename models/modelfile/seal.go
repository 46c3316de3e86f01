package modelfile

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/formats"
)

// Seal writes the model to w as one sealed file under k, and sets the hashes of
// f.Parts. It is read once, and fails if it is not as long any more as it was.
func (f *File) Seal(ctx context.Context, w io.Writer, k *key.Key) error {
	out, err := sealed.NewWriter(w, k, Purpose)
	if err != nil {
		return trouble(err)
	}
	for i := range f.Parts {
		if err := f.copy(ctx, out, i); err != nil {
			return err
		}
	}
	return closeSealed(out, f.Parts)
}

// closeSealed ends the file of a model whose parts are written.
func closeSealed(out *sealed.Writer, parts []Part) error {
	m := manifest{manifestVersion, parts}
	end, err := m.append(nil)
	if err != nil {
		return err
	}
	if _, err := out.Write(end); err != nil {
		return err
	}
	return out.Close()
}

// Extract writes a part in plain to w: the one of f.Parts[i]. What was written
// is to be thrown away if there is an error.
func (f *File) Extract(ctx context.Context, w io.Writer, i int) error { return f.copy(ctx, w, i) }

// copyPiece is how much is hashed and written at once.
const copyPiece = 1 << 20

// copy writes a part.
func (f *File) copy(ctx context.Context, w io.Writer, i int) error {
	size := f.Parts[i].Size
	buf := make([]byte, min(copyPiece, size))
	return f.read(ctx, i, func(at int64) []byte { return buf[:min(copyPiece, size-at)] }, func(piece []byte) error {
		_, err := w.Write(piece)
		return err
	})
}

// read reads a part in pieces into what into gives for the bytes from at, and
// hands each piece to use. The hash of all is compared at the end, or kept if it
// was not known.
func (f *File) read(ctx context.Context, i int, into func(at int64) []byte, use func(piece []byte) error) error {
	p, sum := &f.Parts[i], sha256.New()
	for at := int64(0); at < p.Size; {
		if err := ctx.Err(); err != nil {
			return err
		}
		piece := into(at)
		if err := f.readFull(i, piece, at); err != nil {
			return err
		}
		sum.Write(piece)
		if err := use(piece); err != nil {
			return err
		}
		at += int64(len(piece))
	}
	if n, _ := f.content[i].ReadAt(make([]byte, 1), p.Size); n > 0 { // a plain file was shorter when it was opened
		return f.otherLength(i, "longer")
	}
	return f.checkHash(p, Hash(sum.Sum(nil)))
}

func (f *File) otherLength(i int, than string) error {
	return &formats.Error{Path: f.Path, Err: formats.Reason(formats.ErrCorrupt, "%s became %s while it was read", f.Parts[i].Name, than)}
}

// readFull reads from a part, in which so many bytes must be.
func (f *File) readFull(i int, p []byte, at int64) error {
	n, err := f.content[i].ReadAt(p, at)
	switch {
	case n == len(p):
		return nil
	case errors.Is(err, io.EOF): // a plain file was longer when it was opened
		return f.otherLength(i, "shorter")
	}
	return &formats.Error{Path: f.Path, Err: trouble(bare(err))}
}

func (f *File) checkHash(p *Part, sum Hash) error {
	if p.SHA256 != sum && p.SHA256 != (Hash{}) {
		return &formats.Error{Path: f.Path, Err: formats.Reason(formats.ErrAuthentication, "%s is not what was sealed, by its SHA-256", p.Name)}
	}
	p.SHA256 = sum
	return nil
}
