package text

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strconv"
	"unicode/utf8"

	"datum/formats"
)

const (
	// deepestStack bounds the stack of a pickle: a dictionary is written in pieces
	// of a thousand pairs.
	deepestStack = 2100
	// mostMemo bounds what a pickle may remember.
	mostMemo = 1 << 27
)

// The opcodes of pickles that a dictionary of numbers by name is made of, in
// protocols 0 to 5.
const (
	opMark           = '('
	opStop           = '.'
	opInt            = 'I'
	opLong           = 'L'
	opBinInt         = 'J'
	opBinInt1        = 'K'
	opBinInt2        = 'M'
	opLong1          = 0x8a
	opString         = 'S'
	opBinString      = 'T'
	opShortBinString = 'U'
	opUnicode        = 'V'
	opBinUnicode     = 'X'
	opShortUnicode   = 0x8c
	opBinUnicode8    = 0x8d
	opBinBytes       = 'B'
	opShortBinBytes  = 'C'
	opDict           = 'd'
	opEmptyDict      = '}'
	opSetItem        = 's'
	opSetItems       = 'u'
	opPut            = 'p'
	opBinPut         = 'q'
	opLongBinPut     = 'r'
	opGet            = 'g'
	opBinGet         = 'h'
	opLongBinGet     = 'j'
	opMemoize        = 0x94
	opProto          = 0x80
	opFrame          = 0x95
)

// pickleValue is what lies on the stack: a text, a number, a mark or the one
// dictionary.
type pickleValue struct {
	kind   byte
	text   []byte
	number int64
}

const (
	isMark = iota
	isDict
	isText
	isNumber
)

// ReadVocabulary reads the pickle of a dictionary of numbers by name, as the
// reference keeps its vocabularies, and hands each pair on. It is read as data: a
// pickle that is anything else, or would run something, is an error that matches
// [formats.ErrCorrupt].
func ReadVocabulary(r io.Reader, pair func(name []byte, number int64) error) error {
	p := &unpickler{r: bufio.NewReaderSize(r, 64<<10), pair: pair}
	for {
		op, err := p.r.ReadByte()
		if err == nil {
			p.at++
			var done bool
			if done, err = p.step(op); done && err == nil {
				return nil
			}
		}
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return corrupt("the pickle is cut off")
		case err != nil:
			return err
		}
	}
}

type unpickler struct {
	r     *bufio.Reader
	at    int64
	pair  func([]byte, int64) error
	stack []pickleValue
	dict  bool
	memos int
}

func (p *unpickler) fail(what string) error {
	err := corrupt("the pickle, before byte %d: %s", p.at, what)
	return formats.WithHint(err, "a vocabulary is a dictionary of numbers by name, and nothing else is read")
}

// step runs one opcode, and reports whether it was the last.
func (p *unpickler) step(op byte) (done bool, err error) {
	switch op {
	case opProto:
		version, err := p.bytes(1)
		if err == nil && version[0] > 5 {
			err = p.fail("its protocol is newer than 5")
		}
		return false, err
	case opFrame:
		_, err = p.bytes(8)
		return false, err
	case opMark:
		return false, p.push(pickleValue{kind: isMark})
	case opEmptyDict:
		return false, p.newDict()
	case opDict:
		if err := p.pairs(); err != nil {
			return false, err
		}
		return false, p.newDict()
	case opSetItem:
		return false, p.setItem()
	case opSetItems:
		return false, p.pairs()
	case opStop:
		if len(p.stack) != 1 || p.stack[0].kind != isDict {
			return false, p.fail("it is no dictionary")
		}
		return true, nil
	case opPut, opBinPut, opLongBinPut, opMemoize:
		return false, p.remember(op)
	case opGet, opBinGet, opLongBinGet:
		return false, p.fail("it refers to a value from before")
	case opInt, opLong, opBinInt, opBinInt1, opBinInt2, opLong1:
		n, err := p.number(op)
		if err != nil {
			return false, err
		}
		return false, p.push(pickleValue{kind: isNumber, number: n})
	}
	text, err := p.text(op)
	if err != nil {
		return false, err
	}
	return false, p.push(pickleValue{kind: isText, text: text})
}

func (p *unpickler) push(v pickleValue) error {
	if len(p.stack) == deepestStack {
		return p.fail("its values are not put into the dictionary")
	}
	p.stack = append(p.stack, v)
	return nil
}

func (p *unpickler) newDict() error {
	if p.dict {
		return p.fail("it has several dictionaries")
	}
	p.dict = true
	return p.push(pickleValue{kind: isDict})
}

// setItem puts the two upper values into the dictionary below them.
func (p *unpickler) setItem() error {
	n := len(p.stack)
	if n < 3 || p.stack[n-3].kind != isDict {
		return p.fail("a pair belongs to no dictionary")
	}
	pair := p.stack[n-2:]
	p.stack = p.stack[:n-2]
	return p.use(pair)
}

// pairs takes all above the last mark.
func (p *unpickler) pairs() error {
	mark := len(p.stack) - 1
	for mark >= 0 && p.stack[mark].kind != isMark {
		mark--
	}
	if mark < 0 {
		return p.fail("a mark is missing")
	}
	values := p.stack[mark+1:]
	p.stack = p.stack[:mark]
	if len(values)%2 != 0 {
		return p.fail("a name has no number")
	}
	for ; len(values) > 0; values = values[2:] {
		if err := p.use(values[:2]); err != nil {
			return err
		}
	}
	return nil
}

func (p *unpickler) use(pair []pickleValue) error {
	if pair[0].kind != isText || pair[1].kind != isNumber {
		return p.fail("a pair is no name with a number")
	}
	return p.pair(pair[0].text, pair[1].number)
}

// remember skips what a value is to be remembered as: nothing refers to it.
func (p *unpickler) remember(op byte) (err error) {
	if p.memos++; p.memos > mostMemo {
		return p.fail("it remembers too much")
	}
	switch op {
	case opPut:
		_, err = p.line()
	case opBinPut:
		_, err = p.bytes(1)
	case opLongBinPut:
		_, err = p.bytes(4)
	}
	return err
}

// number reads a number in one of its forms.
func (p *unpickler) number(op byte) (int64, error) {
	switch op {
	case opInt, opLong:
		text, err := p.line()
		if err != nil {
			return 0, err
		}
		n, err := strconv.ParseInt(string(bytes.TrimSuffix(text, []byte{'L'})), 10, 64)
		if err != nil {
			return 0, p.fail("a number is none")
		}
		return n, nil
	case opLong1:
		size, err := p.bytes(1)
		if err != nil {
			return 0, err
		}
		if size[0] > 8 {
			return 0, p.fail("a number is too large")
		}
		return p.little(int(size[0]), true)
	case opBinInt:
		return p.little(4, true)
	case opBinInt2:
		return p.little(2, false)
	}
	return p.little(1, false)
}

// little reads a number of some bytes, the lowest first.
func (p *unpickler) little(size int, signed bool) (int64, error) {
	b, err := p.bytes(size)
	if err != nil {
		return 0, err
	}
	var whole [8]byte
	if copy(whole[:], b); signed && size > 0 && b[size-1] >= 0x80 {
		for i := size; i < len(whole); i++ {
			whole[i] = 0xff
		}
	}
	return int64(binary.LittleEndian.Uint64(whole[:])), nil
}

// text reads a text in one of its forms.
func (p *unpickler) text(op byte) ([]byte, error) {
	switch op {
	case opString:
		return p.quotedLine()
	case opUnicode:
		text, err := p.line()
		if err != nil {
			return nil, err
		}
		return p.rawUnicode(text)
	case opShortBinString, opShortUnicode, opShortBinBytes:
		return p.sized(1)
	case opBinString, opBinUnicode, opBinBytes:
		return p.sized(4)
	case opBinUnicode8:
		return p.sized(8)
	}
	return nil, p.fail("its opcode " + strconv.Quote(string(rune(op))) + " is not one of a dictionary of numbers by name")
}

func (p *unpickler) sized(width int) ([]byte, error) {
	n, err := p.little(width, false)
	if err != nil {
		return nil, err
	}
	if n < 0 || n > longestPickled {
		return nil, p.fail("a name is too long")
	}
	b, err := p.bytes(int(n))
	return bytes.Clone(b), err
}

// longestPickled bounds a name, and the line of one.
const longestPickled = 32 << 10

// bytes is valid until the next call.
func (p *unpickler) bytes(n int) ([]byte, error) {
	b, err := p.r.Peek(n)
	if err != nil {
		return nil, err
	}
	p.at += int64(n)
	_, err = p.r.Discard(n)
	return b, err
}

// line is valid until the next call.
func (p *unpickler) line() ([]byte, error) {
	text, err := p.r.ReadSlice('\n')
	p.at += int64(len(text))
	if errors.Is(err, bufio.ErrBufferFull) {
		err = p.fail("a name is too long")
	}
	return bytes.TrimSuffix(text, []byte{'\n'}), err
}

// quotedLine reads a text as Python 2 writes its bytes.
func (p *unpickler) quotedLine() ([]byte, error) {
	text, err := p.line()
	if err != nil {
		return nil, err
	}
	l := &literal{b: text}
	if text, err = l.text(); err != nil || l.at != len(l.b) {
		return nil, p.fail("a text is not quoted as it should be")
	}
	return bytes.Clone(text), nil
}

// rawUnicode reads a text of which only \u and \U are escapes, and other letters
// are Latin-1.
func (p *unpickler) rawUnicode(text []byte) ([]byte, error) {
	var out []byte
	l := &literal{b: text}
	for l.at < len(text) {
		c := text[l.at]
		l.at++
		if c != '\\' || l.at == len(text) || text[l.at] != 'u' && text[l.at] != 'U' {
			out = utf8.AppendRune(out, rune(c))
			continue
		}
		var err error
		if out, err = l.escape(out, true); err != nil {
			return nil, p.fail("a text has an escape that is none")
		}
	}
	return out, nil
}
