package sidecar

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"github.com/klauspost/compress/zstd"
	"google.golang.org/protobuf/proto"

	"datum/crypto/fernet"
)

// Magic begins every sidecar file.
const Magic = "datum sidecar 1\n"

// Version of the header that this package writes.
const Version = 1

// Limits on what is read.
const (
	maxFrame   = 1 << 30 // bytes of a frame in the file
	maxMessage = 1 << 30 // bytes of a message when decompressed
)

// ErrSealed says that a frame is not what was written.
var ErrSealed = errors.New("the sidecar is damaged or belongs to another dataset or key")

// Codec seals and opens frames. It is safe for concurrent use.
type Codec struct {
	cipher *fernet.Cipher
	enc    *zstd.Encoder
	dec    *zstd.Decoder
}

// NewCodec returns a codec that seals under cipher, or with a checksum where
// cipher is nil.
func NewCodec(cipher *fernet.Cipher) (*Codec, error) {
	enc, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithWindowSize(1<<20), zstd.WithLowerEncoderMem(true), zstd.WithSingleSegment(true))
	if err != nil {
		return nil, fmt.Errorf("sidecar: %w", err)
	}
	dec, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(0), zstd.WithDecoderMaxMemory(maxMessage), zstd.WithDecoderLowmem(true))
	if err != nil {
		return nil, fmt.Errorf("sidecar: %w", err)
	}
	return &Codec{cipher, enc, dec}, nil
}

// Append appends the frame of message, with its length, to dst.
func (c *Codec) Append(dst []byte, message proto.Message) ([]byte, error) {
	raw, err := proto.MarshalOptions{Deterministic: true}.Marshal(message)
	if err != nil {
		return nil, fmt.Errorf("sidecar: %w", err)
	}
	return c.AppendRaw(dst, raw)
}

// AppendRaw is Append for a message that is encoded already.
func (c *Codec) AppendRaw(dst, raw []byte) ([]byte, error) {
	packed := packs.Get().(*[]byte)
	defer packs.Put(packed)
	*packed = c.enc.EncodeAll(raw, (*packed)[:0])
	at := len(dst)
	dst = append(dst, 0, 0, 0, 0)
	if c.cipher != nil {
		dst = c.cipher.AppendEncrypt(dst, *packed)
	} else {
		sum := sha256.Sum256(*packed)
		dst = append(append(dst, sum[:]...), *packed...)
	}
	size := len(dst) - at - 4
	if size > maxFrame {
		return nil, fmt.Errorf("sidecar: a frame of %d bytes is over the limit of %d", size, maxFrame)
	}
	binary.LittleEndian.PutUint32(dst[at:], uint32(size))
	return dst, nil
}

// packs holds the memory of compressed messages between frames.
var packs = sync.Pool{New: func() any { return new([]byte) }}

// Parse opens a frame, without its length, into message.
func (c *Codec) Parse(frame []byte, message proto.Message) error {
	packed, err := c.appendOpen(nil, frame)
	if err != nil {
		return err
	}
	raw, err := c.unpack(packed)
	if err != nil {
		return fmt.Errorf("%w: %v", ErrSealed, err)
	}
	if err := proto.Unmarshal(raw, message); err != nil {
		return fmt.Errorf("%w: %v", ErrSealed, err)
	}
	return nil
}

// unpack decompresses a message.
func (c *Codec) unpack(packed []byte) ([]byte, error) { return c.appendUnpacked(nil, packed) }

// appendUnpacked appends a decompressed message to dst. The size that it declares is
// compared with the bytes it comes from before anything is allocated: blocks
// that say the same of thousands of items shrink a lot, but not without end.
func (c *Codec) appendUnpacked(dst, packed []byte) ([]byte, error) {
	var h zstd.Header
	if err := h.Decode(packed); err != nil {
		return nil, err
	}
	const atLeast, ratio = 16 << 20, 512
	if limit := min(atLeast+ratio*uint64(len(packed)), maxMessage); !h.HasFCS || h.FrameContentSize > limit {
		return nil, fmt.Errorf("%d compressed bytes claim to be %d", len(packed), h.FrameContentSize)
	}
	return c.dec.DecodeAll(packed, slices.Grow(dst, int(h.FrameContentSize)))
}

// appendOpen appends the message in a frame, still compressed, to dst.
func (c *Codec) appendOpen(dst, frame []byte) ([]byte, error) {
	if c.cipher != nil {
		packed, err := c.cipher.AppendDecrypt(dst, frame)
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrSealed, err)
		}
		return packed, nil
	}
	if len(frame) < sha256.Size {
		return nil, fmt.Errorf("%w: a frame of %d bytes", ErrSealed, len(frame))
	}
	sum := sha256.Sum256(frame[sha256.Size:])
	if string(sum[:]) != string(frame[:sha256.Size]) {
		return nil, fmt.Errorf("%w: a checksum differs", ErrSealed)
	}
	return append(dst, frame[sha256.Size:]...), nil
}

// Reader reads the frames of a file.
type Reader struct {
	codec *Codec
	r     io.Reader
	left  int64
}

// NewReader checks the magic of a file of size bytes. With a nil codec only
// Next and its raw frames can be used.
func NewReader(r io.Reader, size int64, codec *Codec) (*Reader, error) {
	var magic [len(Magic)]byte
	if _, err := io.ReadFull(r, magic[:]); err != nil || string(magic[:]) != Magic {
		return nil, fmt.Errorf("%w: it does not begin like one", ErrSealed)
	}
	return &Reader{codec, r, size - int64(len(Magic))}, nil
}

// Next returns the next frame as it is stored, io.EOF at the end.
func (r *Reader) Next() ([]byte, error) {
	if r.left == 0 {
		return nil, io.EOF
	}
	var head [4]byte
	if r.left < 4 {
		return nil, fmt.Errorf("%w: it ends inside a frame", ErrSealed)
	}
	if _, err := io.ReadFull(r.r, head[:]); err != nil {
		return nil, fmt.Errorf("sidecar: %w", err)
	}
	r.left -= 4
	size := int64(binary.LittleEndian.Uint32(head[:]))
	if size > r.left || size > maxFrame {
		return nil, fmt.Errorf("%w: a frame of %d bytes where %d are left", ErrSealed, size, r.left)
	}
	frame := make([]byte, size)
	if _, err := io.ReadFull(r.r, frame); err != nil {
		return nil, fmt.Errorf("sidecar: %w", err)
	}
	r.left -= size
	return frame, nil
}

// Header reads the first frame.
func (r *Reader) Header() (*Header, error) {
	frame, err := r.Next()
	if err == io.EOF {
		return nil, fmt.Errorf("%w: it is empty", ErrSealed)
	}
	if err != nil {
		return nil, err
	}
	var h Header
	if err := r.codec.Parse(frame, &h); err != nil {
		return nil, err
	}
	if h.Version != Version {
		return nil, fmt.Errorf("the sidecar is of version %d, this program knows version %d", h.Version, Version)
	}
	return &h, nil
}
