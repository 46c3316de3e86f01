package binary

import (
	"bytes"
	"crypto/sha256"
	stdbinary "encoding/binary"
	"fmt"
	"io"
	"math"

	"datum/crypto/fernet"
	"datum/crypto/key"
	"datum/dataset"
	"datum/formats"
	"datum/formats/binary/internal/record"
)

// signature begins every .datum file.
const signature = "signature:datumaro_binary"

// head is everything before the blobs of a .datum file. Sections are as they
// stand in the file: tokens in an encrypted one, plaintext in a plain one.
type head struct {
	version        []byte
	check          []byte // token of the key's text, empty in a plain file
	infos          []byte
	categories     []byte
	mediaKind      []byte
	sizes          []byte
	mediaEncrypted bool
	// blobsAt is the offset of the first blob.
	blobsAt int64
	// digest is the SHA-256 of the bytes before it.
	digest [sha256.Size]byte
}

// encrypted reports whether the sections are tokens.
func (h *head) encrypted() bool { return len(h.check) > 0 }

// section is a named place in the head, for error messages.
type section struct {
	name string
	at   *[]byte
}

func (h *head) sections() []section {
	return []section{
		{"version", &h.version},
		{"encryption field", &h.check},
		{"infos", &h.infos},
		{"categories", &h.categories},
		{"media type", &h.mediaKind},
		{"blob sizes", &h.sizes},
	}
}

// append writes the head.
func (h *head) append(dst []byte) []byte {
	dst = append(dst, signature...)
	for _, s := range h.sections() {
		dst = stdbinary.LittleEndian.AppendUint32(dst, uint32(len(*s.at)))
		dst = append(dst, *s.at...)
	}
	return dst
}

// readHead reads the head of a file of size bytes. Every length is compared
// with what is left before anything is allocated for it.
func readHead(r io.Reader, size int64) (*head, error) {
	sum := sha256.New()
	r = io.TeeReader(r, sum)
	var sig [len(signature)]byte
	if _, err := io.ReadFull(r, sig[:]); err != nil || string(sig[:]) != signature {
		return nil, placed(0, "this is no .datum file: it does not begin with the signature")
	}
	h := &head{blobsAt: int64(len(signature))}
	for _, s := range h.sections() {
		var err error
		if *s.at, err = readSection(r, h.blobsAt, size, s.name); err != nil {
			return nil, err
		}
		h.blobsAt += 4 + int64(len(*s.at))
	}
	sum.Sum(h.digest[:0])
	return h, h.parseVersion()
}

func readSection(r io.Reader, at, size int64, name string) ([]byte, error) {
	var length [4]byte
	if size-at < 4 {
		return nil, placed(at, "the file ends before the %s", name)
	}
	if _, err := io.ReadFull(r, length[:]); err != nil {
		return nil, err
	}
	n := int64(stdbinary.LittleEndian.Uint32(length[:]))
	if n > size-at-4 {
		return nil, placed(at, "the %s should have %d bytes, %d are left", name, n, size-at-4)
	}
	b := make([]byte, n)
	_, err := io.ReadFull(r, b)
	return b, err
}

// parseVersion checks the version section, which is never encrypted. Flipping
// a bit of it must not go unnoticed, so nothing but what Datumaro writes is
// accepted.
func (h *head) parseVersion() error {
	at := int64(len(signature))
	c := record.NewCursor(h.version)
	a := c.Dict()
	var version string
	ok := a.Decode("dm_format_version", &version) && a.Decode("media_encryption", &h.mediaEncrypted) && len(a) == 2
	if c.Err() != nil || !c.AtEnd() || !ok {
		return placed(at, "the version section is damaged")
	}
	if version != "1.0" && version != "legacy" {
		return placed(at, "the format version is %q, only \"1.0\" and \"legacy\" are known", version)
	}
	return nil
}

// placedError is a reason at a byte offset of a file whose name the caller
// adds.
type placedError struct {
	offset int64
	err    error
}

func (e *placedError) Error() string { return e.err.Error() }

func (e *placedError) Unwrap() error { return e.err }

func placed(offset int64, format string, args ...any) error {
	return &placedError{offset, formats.Reason(formats.ErrCorrupt, format, args...)}
}

// sealer turns plaintext sections into those of the file and back: tokens
// under a cipher, or unchanged without one.
type sealer struct{ cipher *fernet.Cipher }

func (s sealer) seal(plain []byte) []byte {
	if s.cipher == nil {
		return plain
	}
	return s.cipher.AppendEncrypt(nil, plain)
}

// appendSealed is seal into memory that is there.
func (s sealer) appendSealed(dst, plain []byte) []byte {
	if s.cipher == nil {
		return append(dst, plain...)
	}
	return s.cipher.AppendEncrypt(dst, plain)
}

func (s sealer) open(stored []byte) ([]byte, error) { return s.openTo(nil, stored) }

// openInPlace is open for bytes that are not needed any more, since it writes
// the plaintext over them.
func (s sealer) openInPlace(stored []byte) ([]byte, error) { return s.openTo(stored[:0], stored) }

func (s sealer) openTo(dst, stored []byte) ([]byte, error) {
	if s.cipher == nil {
		return stored, nil
	}
	plain, err := s.cipher.AppendDecrypt(dst, stored)
	if err != nil {
		return nil, formats.Reason(formats.ErrAuthentication, "the token is damaged: %w", err)
	}
	return plain, nil
}

// tag identifies a stored blob or media file: the HMAC at the end of a token,
// or the SHA-256 of plain bytes.
func (s sealer) tag(stored []byte) ([]byte, error) {
	if s.cipher == nil {
		sum := sha256.Sum256(stored)
		return sum[:], nil
	}
	tag, err := fernet.Tag(stored)
	if err != nil {
		return nil, formats.Reason(formats.ErrAuthentication, "the token is damaged: %w", err)
	}
	return tag[:], nil
}

// newHead seals what is known of a dataset and the sizes of its blobs.
func newHead(info *dataset.Info, kind dataset.MediaKind, sizes []int32, k *key.Key, mediaEncrypted bool) *head {
	h := &head{mediaEncrypted: mediaEncrypted}
	version := fmt.Appendf(nil, `{"dm_format_version":"1.0","media_encryption":%t}`, mediaEncrypted)
	h.version = append(stdbinary.LittleEndian.AppendUint32(nil, uint32(len(version))), version...)
	var s sealer
	if k != nil {
		s.cipher = k.Cipher()
		text := k.AppendText(nil)
		h.check = s.seal(text)
		clear(text)
	}
	user, _ := info.Attributes.Split()
	h.infos = s.seal(record.AppendDict(nil, user))
	h.categories = s.seal(record.AppendCategories(nil, &info.Categories))
	h.mediaKind = s.seal(record.AppendDict(nil, dataset.Attributes{{Name: "media_type", Value: fmt.Append(nil, uint32(kind))}}))
	h.sizes = s.seal(record.AppendInts(nil, sizes))
	return h
}

// content is the head in plaintext.
type content struct {
	info  dataset.Info
	sizes []int32
}

// open decrypts the sections under a key that was checked already, and parses
// them. blobs is the number of bytes after the head.
func (h *head) open(s sealer, blobs int64) (*content, error) {
	c := &content{}
	at := int64(len(signature))
	for _, sec := range h.sections() {
		parse := map[string]func([]byte) error{
			"infos": c.parseInfos, "categories": c.parseCategories, "media type": c.parseMediaKind,
			"blob sizes": func(b []byte) error { return c.parseSizes(b, blobs) },
		}[sec.name]
		if parse != nil {
			plain, err := s.open(*sec.at)
			if err != nil {
				return nil, &placedError{at, fmt.Errorf("%s: %w", sec.name, err)}
			}
			if err := parse(plain); err != nil {
				return nil, placed(at, "%s: %w", sec.name, err)
			}
		}
		at += 4 + int64(len(*sec.at))
	}
	return c, nil
}

func (c *content) parseInfos(b []byte) error {
	cur := record.NewCursor(b)
	c.info.Attributes = cur.Dict()
	return finished(cur)
}

func (c *content) parseCategories(b []byte) (err error) {
	cur := record.NewCursor(b)
	text := cur.Bytes()
	if err := finished(cur); err != nil {
		return err
	}
	c.info.Categories, err = record.ParseCategories(bytes.Clone(text))
	return err
}

func (c *content) parseMediaKind(b []byte) error {
	cur := record.NewCursor(b)
	a := cur.Dict()
	if err := finished(cur); err != nil {
		return err
	}
	if !a.Decode("media_type", (*uint32)(&c.info.MediaKind)) {
		return fmt.Errorf("%w: no media type", record.ErrFormat)
	}
	switch c.info.MediaKind {
	case dataset.MediaAny, dataset.MediaImage, dataset.MediaVideoFrame, dataset.MediaVideo, dataset.MediaPointCloud:
		return nil
	}
	return fmt.Errorf("%w: media type %d", record.ErrFormat, uint32(c.info.MediaKind))
}

// parseSizes requires that the blobs fill the file to its end.
func (c *content) parseSizes(b []byte, blobs int64) error {
	cur := record.NewCursor(b)
	c.sizes = cur.Ints()
	if err := finished(cur); err != nil {
		return err
	}
	sum := int64(0)
	for i, n := range c.sizes {
		if n <= 0 {
			return fmt.Errorf("%w: blob %d of %d bytes", record.ErrFormat, i, n)
		}
		sum += int64(n)
	}
	if sum != blobs {
		return fmt.Errorf("%w: the blobs should have %d bytes, %d are there", record.ErrFormat, sum, blobs)
	}
	return nil
}

func finished(c *record.Cursor) error {
	if err := c.Err(); err != nil {
		return err
	}
	if !c.AtEnd() {
		return fmt.Errorf("%w: bytes after the end", record.ErrFormat)
	}
	return nil
}

// maxBlob is the largest size that the list of blob sizes can hold.
const maxBlob = math.MaxInt32
