package coco

// imageEntry is the image of an item, 24 bytes.
type imageEntry struct {
	at   int64 // of its record in the spool
	id   int64 // by kind: the id, or an index into forced
	size int32
	kind idKind
}

// idKind says what is known of an id.
type idKind uint8

const (
	idFree   idKind = iota // none, or one that another record has: a new one is given
	idGiven                // a whole number
	idForced               // any JSON value, in a list beside
	idNone                 // the record has no id and gets none
)

// imageList is the images of a subset in the order of the items. It grows by
// blocks, since a slice that grows takes up to twice what it holds, and as much
// again while it is copied.
type imageList struct {
	blocks []*[imageBlock]imageEntry
	n      int32
}

const imageBlock = 1 << 10

func (l *imageList) add(e imageEntry) {
	if l.n%imageBlock == 0 {
		l.blocks = append(l.blocks, new([imageBlock]imageEntry))
	}
	l.n++
	*l.at(l.n - 1) = e
}

// at returns the image of an item.
func (l *imageList) at(i int32) *imageEntry { return &l.blocks[i/imageBlock][i%imageBlock] }
