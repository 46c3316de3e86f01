package sealed

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	magic      = "datum-sealed"
	version    = 1
	maxPurpose = 64
	// fixedHeader is the header up to the purpose: magic, version, and how long
	// the purpose is.
	fixedHeader = len(magic) + 2
)

// Sniff reports whether a file that begins with these bytes is a sealed one;
// the first 12 bytes decide.
func Sniff(start []byte) bool { return bytes.HasPrefix(start, []byte(magic)) }

// checkPurpose allows what can be shown on a terminal and be part of a name.
func checkPurpose(purpose string) error {
	if len(purpose) == 0 || len(purpose) > maxPurpose {
		return fmt.Errorf("a purpose has 1 to %d characters, not %d", maxPurpose, len(purpose))
	}
	for _, c := range []byte(purpose) {
		if (c < 'a' || c > 'z') && (c < '0' || c > '9') && c != '-' {
			return errors.New("a purpose has lower-case letters, digits and hyphens only")
		}
	}
	return nil
}

// appendHeader appends what stands before the message. All of it is bound into
// the message's keys.
func appendHeader(dst []byte, purpose string) []byte {
	dst = append(dst, magic...)
	dst = append(dst, version, byte(len(purpose)))
	return append(dst, purpose...)
}

// Purpose reads the header of a sealed file and returns for what it was sealed,
// as far as one can say without the key: that it was so is known only after
// [NewReader] or [Open].
func Purpose(r io.Reader) (string, error) {
	var fixed [fixedHeader]byte
	if n, err := io.ReadFull(r, fixed[:]); err != nil {
		return "", notWhole(err, Sniff(fixed[:n]))
	}
	switch {
	case !Sniff(fixed[:]):
		return "", ErrNotSealed
	case fixed[len(magic)] != version:
		return "", fmt.Errorf("%w: version %d", ErrVersion, fixed[len(magic)])
	}
	purpose := make([]byte, fixed[fixedHeader-1])
	if _, err := io.ReadFull(r, purpose); err != nil {
		return "", notWhole(err, true)
	}
	if err := checkPurpose(string(purpose)); err != nil {
		return "", fmt.Errorf("%w: %w", ErrCorrupt, err)
	}
	return string(purpose), nil
}

// notWhole says what it means that a header ended early.
func notWhole(err error, ours bool) error {
	switch {
	case !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	case ours:
		return fmt.Errorf("%w: it ends in its header", ErrCorrupt)
	}
	return ErrNotSealed
}

// expect reads a header and compares its purpose.
func expect(r io.Reader, purpose string) error {
	switch got, err := Purpose(r); {
	case err != nil:
		return err
	case got != purpose:
		return fmt.Errorf("%w: %s, not %s", ErrPurpose, got, purpose)
	}
	return nil
}
