package imagesize

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
)

const frame = "\xff\xc0\x00\x0b\x08\x00\x07\x00\x0d\x01\x01\x11\x00" // 13 × 7

const tiffHead = "MM\x00*\x00\x00\x00\x08"

// handmade are headers that no common program writes any more, or that are
// wrong.
var handmade = []struct {
	name, bytes string
	want        Size
	err         error
}{
	{name: "empty", err: ErrTruncated},
	{name: "text", bytes: "hello, this is not a picture", err: ErrUnknown},
	{name: "short text", bytes: "Hi", err: ErrUnknown},
	{name: "BMP of OS/2", bytes: bmpOf(12, 13, 7), want: Size{13, 7, false}},
	{name: "BMP of OS/2, 16 bytes", bytes: bmpOf(16, 13, 7), want: Size{13, 7, false}},
	{name: "BMP of OS/2, 64 bytes", bytes: bmpOf(64, 13, 7), want: Size{13, 7, false}},
	{name: "BMP top-down", bytes: bmpOf(40, 13, -7), want: Size{13, 7, false}},
	{name: "BMP of least height", bytes: bmpOf(40, 13, -1<<31), err: ErrUnknown},
	{name: "BMP of negative width", bytes: bmpOf(40, -13, 7), err: ErrUnknown},
	{name: "BMP with a strange header", bytes: bmpOf(39000, 13, 7), err: ErrUnknown},
	{name: "text that begins like a BMP", bytes: "BMW builds cars and motorcycles", err: ErrUnknown},
	{name: "JPEG with bytes between and fill", bytes: "\xff\xd8\xff\xfe\x00\x04ab\x00\x01\xff\x00\xff\xff" + frame, want: Size{13, 7, false}},
	{name: "JPEG without a frame", bytes: "\xff\xd8\xff\xda\x00\x02", err: ErrUnknown},
	{name: "JPEG that ends at once", bytes: "\xff\xd8\xff\xd9", err: ErrUnknown},
	{name: "JPEG with a segment of no length", bytes: "\xff\xd8\xff\xe0\x00\x01" + frame, err: ErrUnknown},
	{name: "JPEG without height", bytes: "\xff\xd8\xff\xc0\x00\x0b\x08\x00\x00\x00\x0d\x01\x01\x11\x00", err: ErrUnknown},
	{name: "JPEG with broken EXIF", bytes: "\xff\xd8\xff\xe1\x00\x12Exif\x00\x00MM\x00*\xff\xff\xff\xff\x00\x00" + frame, want: Size{13, 7, false}},
	{name: "JPEG with two EXIF segments", bytes: "\xff\xd8" + exifSegment(1) + exifSegment(6) + frame, want: Size{13, 7, false}},
	{name: "JPEG with an orientation of nine", bytes: "\xff\xd8" + exifSegment(9) + frame, want: Size{13, 7, false}},
	{name: "JPEG with text about itself before EXIF", bytes: "\xff\xd8\xff\xe1\x00\x08http:/" + exifSegment(6) + frame, want: Size{13, 7, true}},
	{name: "PNG without a header", bytes: "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIDAT\x00\x00\x00\x0d\x00\x00\x00\x07", err: ErrUnknown},
	{name: "PNG of no width", bytes: "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\x00\x00\x00\x00\x00\x00\x00\x07", err: ErrUnknown},
	{name: "PNG of great width", bytes: "\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR\xff\x00\x00\x00\x00\x00\x00\x07", err: ErrUnknown},
	{name: "TIFF, longs, directory at the end", bytes: "II*\x00\x00\x02\x00\x00" + strings.Repeat("x", 504) +
		"\x02\x00\x00\x01\x04\x00\x01\x00\x00\x00\x0d\x00\x00\x00\x01\x01\x04\x00\x01\x00\x00\x00\x07\x00\x00\x00", want: Size{13, 7, false}},
	{name: "TIFF, bytes", bytes: tiffHead + "\x00\x02\x01\x01\x00\x01\x00\x00\x00\x01\x07\x00\x00\x00" + "\x01\x00\x00\x01\x00\x00\x00\x01\x0d\x00\x00\x00", want: Size{13, 7, false}},
	{name: "TIFF with a fraction of a width", bytes: tiffHead + "\x00\x02\x01\x00\x00\x05\x00\x00\x00\x01\x00\x00\x00\x0d" + "\x01\x01\x00\x03\x00\x00\x00\x01\x00\x07\x00\x00", err: ErrUnknown},
	{name: "TIFF without a height", bytes: tiffHead + "\x00\x01\x01\x00\x00\x03\x00\x00\x00\x01\x00\x0d\x00\x00", err: ErrUnknown},
	{name: "TIFF with its directory in its head", bytes: "MM\x00*\x00\x00\x00\x04\x00\x00", err: ErrUnknown},
	{name: "TIFF with its directory behind its end", bytes: "MM\x00*\x7f\x00\x00\x04\x00\x00", err: ErrUnknown},
	{name: "raw photograph", bytes: tiffHead + "\x00\x04\x00\xfe\x00\x04\x00\x00\x00\x01\x00\x00\x00\x01" + "\x01\x00\x00\x03\x00\x00\x00\x01\x00\x0d\x00\x00" +
		"\x01\x01\x00\x03\x00\x00\x00\x01\x00\x07\x00\x00" + "\xc6\x12\x00\x01\x00\x00\x00\x04\x01\x04\x00\x00", err: ErrUnknown},
	{name: "BigTIFF with too many entries", bytes: "MM\x00+\x00\x08\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00\x00\x01\x00\x00", err: ErrUnknown},
	{name: "BigTIFF with odd offsets", bytes: "MM\x00+\x00\x04\x00\x00\x00\x00\x00\x00\x00\x00\x00\x10", err: ErrUnknown},
	{name: "BigTIFF at no place", bytes: "MM\x00+\x00\x08\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff", err: ErrUnknown},
	{name: "WebP that begins with sound", bytes: "RIFF\x20\x00\x00\x00WEBPSNDX\x0a\x00\x00\x00abcdefghij", err: ErrUnknown},
	{name: "WebP between key frames", bytes: "RIFF\x20\x00\x00\x00WEBPVP8 \x0a\x00\x00\x00\x01bc\x9d\x01\x2a\x0d\x00\x07\x00", err: ErrUnknown},
	{name: "WebP without a signature", bytes: "RIFF\x20\x00\x00\x00WEBPVP8L\x0a\x00\x00\x00\x01bcdefghi", err: ErrUnknown},
	{name: "PGM with comments", bytes: "P5\n# made by hand\n#\n13 # wide\n\t7\n255\n", want: Size{13, 7, false}},
	{name: "PBM with a comment at once", bytes: "P1# a\r13 7 0", want: Size{13, 7, false}},
	{name: "PFM", bytes: "PF\n13 7\n-1.0\n", want: Size{13, 7, false}},
	{name: "PAM", bytes: "P7\nWIDTH 13\nHEIGHT 7\nDEPTH 3\nMAXVAL 255\nTUPLTYPE RGB\nENDHDR\n", want: Size{13, 7, false}},
	{name: "PAM without a height", bytes: "P7\nWIDTH 13\nENDHDR\n", err: ErrUnknown},
	{name: "PAM that does not end", bytes: "P7\n" + strings.Repeat("a ", 100), err: ErrUnknown},
	{name: "PGM with words", bytes: "P5 wide high ", err: ErrUnknown},
	{name: "PGM of negative size", bytes: "P5 -1 5 255 ", err: ErrUnknown},
	{name: "PGM of great size", bytes: "P5 4294967296 5 255 ", err: ErrUnknown},
	{name: "PGM of long numbers", bytes: "P5 " + strings.Repeat("0", 100), err: ErrUnknown},
	{name: "text that begins like a PNM", bytes: "P1: buy bread", err: ErrUnknown},
	{name: "GIF of no size", bytes: "GIF89a\x00\x00\x07\x00", err: ErrUnknown},
}

func bmpOf(header uint32, width, height int32) string {
	b := binary.LittleEndian.AppendUint32([]byte("BM............"), header)
	if header == 12 {
		b = binary.LittleEndian.AppendUint16(b, uint16(width))
		return string(binary.LittleEndian.AppendUint16(b, uint16(height)))
	}
	b = binary.LittleEndian.AppendUint32(b, uint32(width))
	return string(binary.LittleEndian.AppendUint32(b, uint32(height)))
}

func exifSegment(orientation byte) string {
	return "\xff\xe1\x00\x22Exif\x00\x00" + tiffHead + "\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string(rune(orientation)) + "\x00\x00\x00\x00\x00\x00"
}

func TestHandmade(t *testing.T) {
	for _, test := range handmade {
		for how, r := range readers([]byte(test.bytes)) {
			got, err := Read(r)
			if !errors.Is(err, test.err) && !(how == "seeking" && errors.Is(err, ErrTruncated)) || got != test.want {
				t.Errorf("%s, %s: %+v, %v, want %+v, %v", test.name, how, got, err, test.want, test.err)
			}
		}
	}
}

// endless is a picture that never comes to its size. It counts what is read.
type endless struct {
	begin string
	fill  byte
	read  int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.begin)
	e.begin = e.begin[n:]
	for i := n; i < len(p); i++ {
		p[i] = e.fill
	}
	e.read += len(p)
	return len(p), nil
}

func TestEndless(t *testing.T) {
	for _, begin := range []string{"\xff\xd8\xff", "P5#", "MM\x00*\xff\xff\xff\xff"} {
		r := &endless{begin: begin, fill: 'x'}
		in := newInput(r)
		in.most = 1 << 20
		if _, err := in.size(); !errors.Is(err, ErrUnknown) || r.read > 2<<20 {
			t.Errorf("%q: %v after %d bytes", begin, err, r.read)
		}
	}
}

// counting counts what is read of a picture that can be sought in.
type counting struct {
	*bytes.Reader
	read int
}

func (c *counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.read += n
	return n, err
}

func TestReadsLittle(t *testing.T) {
	segment := "\xff\xe2\xff\xff" + strings.Repeat("x", 65533)
	c := &counting{Reader: bytes.NewReader([]byte("\xff\xd8" + strings.Repeat(segment, 20) + frame))}
	if s, err := Read(c); err != nil || s.Width != 13 {
		t.Fatal(s, err)
	}
	if c.read > 25*bufferSize {
		t.Errorf("%d bytes read", c.read)
	}
}

// A picture may lie in the middle of a file.
func TestBeginsWhereTheReaderIs(t *testing.T) {
	segment := "\xff\xe2\xff\xff" + strings.Repeat("x", 65533)
	r := bytes.NewReader([]byte("before" + "\xff\xd8" + segment + frame))
	if _, err := r.Seek(6, io.SeekStart); err != nil {
		t.Fatal(err)
	}
	if s, err := Read(r); err != nil || s != (Size{13, 7, false}) {
		t.Fatal(s, err)
	}
}
