package sidecar

import (
	"crypto/sha256"
	"fmt"

	"google.golang.org/protobuf/encoding/protowire"
	"google.golang.org/protobuf/proto"

	"datum/dataset"
)

// The numbers of the fields that BlockWriter and BlockReader know by
// themselves, see sidecar.proto.
const (
	fieldBlockItem protowire.Number = 5

	fieldItemID         protowire.Number = 1
	fieldItemMedia      protowire.Number = 2
	fieldItemAttributes protowire.Number = 3
	fieldItemAnnotation protowire.Number = 4

	fieldMediaName      protowire.Number = 1
	fieldMediaDigest    protowire.Number = 2
	fieldMediaSealed    protowire.Number = 3
	fieldMediaEndIsZero protowire.Number = 4

	fieldAnnotationIndex   protowire.Number = 1
	fieldAnnotationCarried protowire.Number = 2
)

// BlockWriter encodes the items of a [Block] as they come, to the bytes that
// package proto would make of them. Its memory can be used again.
type BlockWriter struct {
	items []byte // the encoded items
	item  []byte // what comes of the item under way
	text  []byte
}

// MediaFile is a [Media] entry.
type MediaFile struct {
	Name              string
	Sealed, EndIsZero bool
	// Digest is what was read, empty where the file was not saved.
	Digest []byte
	// Saved says to the writer that a digest will be given.
	Saved bool
}

// Reset forgets all items.
func (b *BlockWriter) Reset() { b.items = b.items[:0] }

// Begin begins an item. Its media come next, then its attributes, then its
// annotations.
func (b *BlockWriter) Begin(id string) {
	b.item = b.item[:0]
	if id != "" {
		b.item = appendBytes(b.item, fieldItemID, id)
	}
}

// Media adds a file of the item. It returns the place of its digest, counted
// from what [BlockWriter.End] will return.
func (b *BlockWriter) Media(m MediaFile) (digest int) {
	const digestField = 1 + 1 + sha256.Size
	size := flagSize(m.Sealed) + flagSize(m.EndIsZero)
	if m.Name != "" {
		size += 1 + protowire.SizeBytes(len(m.Name))
	}
	if m.Saved {
		size += digestField
	}
	b.item = protowire.AppendTag(b.item, fieldItemMedia, protowire.BytesType)
	b.item = protowire.AppendVarint(b.item, uint64(size))
	if m.Name != "" {
		b.item = appendBytes(b.item, fieldMediaName, m.Name)
	}
	if m.Saved {
		var none [sha256.Size]byte
		b.item = appendBytes(b.item, fieldMediaDigest, none[:])
		digest = len(b.item) - sha256.Size
	}
	b.item = appendFlag(b.item, fieldMediaSealed, m.Sealed)
	b.item = appendFlag(b.item, fieldMediaEndIsZero, m.EndIsZero)
	return digest
}

// Attributes adds the carried ones among the attributes of the item.
func (b *BlockWriter) Attributes(a dataset.Attributes) {
	b.text = a.AppendCarried(b.text[:0])
	if len(b.text) > 0 {
		b.item = appendBytes(b.item, fieldItemAttributes, b.text)
	}
}

// Annotation adds what the sidecar must say of annotation i of the item. held
// tells whether the blob has a record of it, and decimal whether that is known
// to give back its coordinates.
func (b *BlockWriter) Annotation(i int, a dataset.Annotation, held, decimal bool) error {
	if !held || !decimal {
		return b.exact(i, a, held)
	}
	b.text = a.Common().Attributes.AppendCarried(b.text[:0])
	if len(b.text) == 0 {
		return nil
	}
	size := 1 + protowire.SizeBytes(len(b.text))
	if i > 0 {
		size += 1 + protowire.SizeVarint(uint64(i))
	}
	b.item = protowire.AppendTag(b.item, fieldItemAnnotation, protowire.BytesType)
	b.item = protowire.AppendVarint(b.item, uint64(size))
	if i > 0 {
		b.item = protowire.AppendTag(b.item, fieldAnnotationIndex, protowire.VarintType)
		b.item = protowire.AppendVarint(b.item, uint64(i))
	}
	b.item = appendBytes(b.item, fieldAnnotationCarried, b.text)
	return nil
}

// exact is Annotation for any annotation.
func (b *BlockWriter) exact(i int, a dataset.Annotation, held bool) error {
	x := Exact(i, a, held)
	if x == nil {
		return nil
	}
	var err error
	if b.text, err = (proto.MarshalOptions{Deterministic: true}).MarshalAppend(b.text[:0], x); err != nil {
		return fmt.Errorf("sidecar: %w", err)
	}
	b.item = appendBytes(b.item, fieldItemAnnotation, b.text)
	return nil
}

// End ends the item, and returns the place from which the digests of its media
// are counted.
func (b *BlockWriter) End() int {
	b.items = appendBytes(b.items, fieldBlockItem, b.item)
	return len(b.items) - len(b.item)
}

// SetDigest gives a saved media file its digest.
func (b *BlockWriter) SetDigest(at int, digest []byte) { copy(b.items[at:at+sha256.Size], digest) }

// Append appends the block that has these items, and else what head says.
func (b *BlockWriter) Append(dst []byte, head *Block) ([]byte, error) {
	dst, err := (proto.MarshalOptions{Deterministic: true}).MarshalAppend(dst, head)
	if err != nil {
		return nil, fmt.Errorf("sidecar: %w", err)
	}
	return append(dst, b.items...), nil
}

func appendBytes[T string | []byte](b []byte, field protowire.Number, v T) []byte {
	b = protowire.AppendTag(b, field, protowire.BytesType)
	b = protowire.AppendVarint(b, uint64(len(v)))
	return append(b, v...)
}

func appendFlag(b []byte, field protowire.Number, v bool) []byte {
	if !v {
		return b
	}
	return append(protowire.AppendTag(b, field, protowire.VarintType), 1)
}

// flagSize is the size of a flag, which is left out where it is false.
func flagSize(v bool) int {
	if v {
		return 2
	}
	return 0
}
