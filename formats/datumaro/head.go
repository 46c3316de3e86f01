package datumaro

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"

	"datum/dataset"
)

// head is what an annotation file says of the dataset as a whole.
type head struct {
	kind       dataset.MediaKind
	infos      dataset.Attributes
	categories dataset.Categories
	// items is the number of items, -1 where they were not counted.
	items int
	// carried are the members that the format does not define, and ignored
	// the names of those that are too many or too large to be carried.
	carried dataset.Attributes
	ignored []string
}

// The members of an annotation file.
const (
	memberVersion    = "dm_format_version"
	memberMedia      = "media_type"
	memberInfos      = "infos"
	memberCategories = "categories"
	memberItems      = "items"
)

var headMembers = []string{memberVersion, memberMedia, memberInfos, memberCategories}

// readHead reads the members beside the items. Where all of them come before
// the items, as Datumaro writes them, it stops there; else it scans the whole
// file, passing over the items.
func readHead(t *text) (*head, error) {
	h := &head{kind: dataset.MediaImage, items: -1}
	seen := map[string]bool{}
	err := eachMember(t, seen, func(name string) (stop bool, err error) {
		if name == memberItems {
			if slices.IndexFunc(headMembers, func(m string) bool { return !seen[m] }) < 0 {
				return true, t.begin(jsontext.KindBeginArray)
			}
			h.items, err = countItems(t)
			return false, err
		}
		return false, h.read(t, name)
	})
	if err != nil {
		return nil, err
	}
	for _, m := range []string{memberCategories, memberItems} {
		if !seen[m] {
			return nil, fmt.Errorf("the member %q is missing", m)
		}
	}
	return h, nil
}

// eachMember calls do at each member of the top object, with the decoder
// before its value, and requires that nothing follows the object. A member
// that the format defines may come only once: the file is read in parts, and
// all of them have to agree on its content.
func eachMember(t *text, seen map[string]bool, do func(name string) (stop bool, err error)) error {
	if err := t.begin(jsontext.KindBeginObject); err != nil {
		return err
	}
	for t.dec.PeekKind() == jsontext.KindString {
		token, err := t.dec.ReadToken()
		if err != nil {
			return err
		}
		name := strings.Clone(token.String())
		if name == memberItems || slices.Contains(headMembers, name) {
			if seen[name] {
				return fmt.Errorf("the member %q comes twice", name)
			}
			seen[name] = true
		}
		if stop, err := do(name); stop || err != nil {
			return err
		}
	}
	return t.end()
}

func countItems(t *text) (int, error) {
	if err := t.begin(jsontext.KindBeginArray); err != nil {
		return 0, err
	}
	for n := 0; ; n++ {
		if t.dec.PeekKind() == jsontext.KindEndArray {
			_, err := t.dec.ReadToken()
			return n, err
		}
		if err := t.dec.SkipValue(); err != nil {
			return 0, err
		}
	}
}

func (h *head) read(t *text, name string) error {
	switch name {
	case memberVersion:
		var version string
		if err := json.UnmarshalDecode(t.dec, &version); err != nil {
			return err
		}
		if version != "1.0" && version != "legacy" {
			return fmt.Errorf("the format version is %.40q, known are 1.0 and legacy", version)
		}
		return nil
	case memberMedia:
		var kind whole[int32]
		if err := json.UnmarshalDecode(t.dec, &kind); err != nil {
			return err
		}
		return h.mediaKind(kind.or(int32(dataset.MediaImage)))
	case memberInfos:
		v, err := t.dec.ReadValue()
		if err != nil {
			return err
		}
		h.infos, err = attributes(v)
		return err
	case memberCategories:
		return h.readCategories(t)
	}
	return h.carry(t, name)
}

// Bounds on what is carried of a file as a whole.
const (
	maxCarried     = 100     // members
	maxCarriedText = 1 << 20 // bytes of one
)

// carry keeps a member that the format does not define.
func (h *head) carry(t *text, name string) error {
	v, err := t.dec.ReadValue()
	if err != nil {
		return err
	}
	switch {
	case len(h.carried) < maxCarried && len(v) <= maxCarriedText:
		v = v.Clone()
		if err := v.Compact(); err != nil {
			return err
		}
		h.carried.SetRaw(dataset.CarriedName(formatName, name), v)
	case len(h.ignored) < maxCarried:
		h.ignored = append(h.ignored, name)
	}
	return nil
}

// mediaKind maps Datumaro's kinds of media to those of the model.
func (h *head) mediaKind(n int32) error {
	switch kind := dataset.MediaKind(n); kind {
	case dataset.MediaNone, dataset.MediaAny, dataset.MediaImage, dataset.MediaVideoFrame, dataset.MediaVideo,
		dataset.MediaPointCloud, dataset.MediaTableRow:
		h.kind = kind
	case 3, 8, 9: // images from bytes, regions of images, mosaics
		h.kind = dataset.MediaImage
	case 7: // several images in one
		h.kind = dataset.MediaAny
	default:
		return fmt.Errorf("there is no media type %d", n)
	}
	return nil
}

// attributes reads a JSON object, or nothing.
func attributes(v jsontext.Value) (dataset.Attributes, error) {
	if len(v) == 0 || v.Kind() == jsontext.KindNull {
		return nil, nil
	}
	if v.Kind() != jsontext.KindBeginObject {
		return nil, errors.New("attributes have to be an object, found " + kindName(v.Kind()))
	}
	if len(v) == len("{}") { // most annotations have none
		return nil, nil
	}
	return dataset.ParseAttributes(v)
}
