package shard

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"hash"
	"math"
	"path"
	"strings"

	"datum/dataset"
)

// digester makes one digest of everything that a stream of items says, apart
// from the content of media files. Each text goes in with its length, each list
// with the number of its elements, so that no two streams look alike.
type digester struct {
	sum hash.Hash
	buf []byte
	// dropExt leaves out the extensions of pictures, which change where these
	// are encoded anew.
	dropExt bool
}

// digestPiece is how many bytes are hashed at once.
const digestPiece = 64 << 10

func newDigester(dropExt bool) *digester {
	return &digester{sum: sha256.New(), buf: make([]byte, 0, digestPiece+digestPiece/4), dropExt: dropExt}
}

// text returns the digest of all that was added.
func (d *digester) text() string {
	d.flush(0)
	return hex.EncodeToString(d.sum.Sum(nil))
}

func (d *digester) flush(most int) {
	if len(d.buf) > most {
		d.sum.Write(d.buf)
		d.buf = d.buf[:0]
	}
}

func (d *digester) number(n int64) { d.buf = binary.AppendVarint(d.buf, n) }

func (d *digester) string(s string) {
	d.number(int64(len(s)))
	d.buf = append(d.buf, s...)
}

func (d *digester) strings(list []string) {
	d.number(int64(len(list)))
	for _, s := range list {
		d.string(s)
	}
}

func (d *digester) floats(list ...float64) {
	d.number(int64(len(list)))
	for _, f := range list {
		bits := math.Float64bits(f)
		if f != f {
			bits = math.Float64bits(math.NaN()) // one of many
		}
		d.buf = binary.LittleEndian.AppendUint64(d.buf, bits)
	}
}

// attributes adds those of the user and those carried, each in their order; how
// the two are mixed means nothing.
func (d *digester) attributes(a dataset.Attributes) {
	if len(a) == 0 {
		d.number(0)
		return
	}
	user, carried := a.Split()
	for _, part := range []dataset.Attributes{user, carried} {
		d.number(int64(len(part)))
		for _, x := range part {
			d.string(x.Name)
			d.number(int64(len(x.Value)))
			d.buf = append(d.buf, x.Value...)
		}
	}
}

// info adds what is known of a dataset as a whole, but not how many items it has.
func (d *digester) info(i *dataset.Info) {
	d.number(int64(i.MediaKind))
	d.attributes(i.Attributes)
	d.number(int64(len(i.Subsets)))
	for _, s := range i.Subsets {
		d.string(s.Name)
		d.attributes(s.Attributes)
	}
	d.labels(i.Categories.Labels)
	if m := i.Categories.Masks; m != nil {
		d.number(int64(len(m.Colors)))
		for _, c := range m.Colors {
			for _, n := range []int32{c.Label, c.R, c.G, c.B} {
				d.number(int64(n))
			}
		}
	}
	if p := i.Categories.Points; p != nil {
		d.number(int64(len(p.Items)))
		for _, x := range p.Items {
			d.number(int64(x.Label))
			d.strings(x.Names)
			d.number(int64(len(x.Joints)))
			for _, j := range x.Joints {
				d.number(int64(j[0]))
				d.number(int64(j[1]))
			}
			d.floats(x.Positions...)
		}
	}
}

func (d *digester) labels(c *dataset.LabelCategories) {
	if c == nil {
		d.number(-1)
		return
	}
	d.number(int64(len(c.Labels)))
	for _, l := range c.Labels {
		d.string(l.Name)
		d.string(l.Parent)
		d.strings(l.Attributes)
		d.attributes(l.Carried)
	}
	d.number(int64(len(c.Groups)))
	for _, g := range c.Groups {
		d.string(g.Name)
		d.string(g.Type)
		d.strings(g.Labels)
	}
	d.strings(c.Attributes)
}

// item adds an item.
func (d *digester) item(it *dataset.Item) {
	d.string(it.ID)
	d.string(cmp.Or(it.Subset, dataset.DefaultSubset))
	d.attributes(it.Attributes)
	d.media(it.Media)
	d.number(int64(len(it.Annotations)))
	for _, a := range it.Annotations {
		d.annotation(a)
		d.flush(digestPiece)
	}
	d.flush(digestPiece)
}

func (d *digester) media(m dataset.Media) {
	if m == nil {
		d.number(-1)
		return
	}
	d.number(int64(m.MediaKind()))
	for _, f := range dataset.Files(m) {
		name := f.Name
		if d.dropExt {
			name = strings.TrimSuffix(name, path.Ext(name))
		}
		d.string(name)
	}
	switch m := m.(type) {
	case *dataset.Image:
		d.number(int64(m.Height))
		d.number(int64(m.Width))
	case *dataset.PointCloud:
		for _, x := range m.Extra {
			d.number(int64(x.Height))
			d.number(int64(x.Width))
		}
	case *dataset.VideoFrame:
		d.number(int64(m.Index))
	case *dataset.Video:
		end := int64(-1)
		if m.End != nil {
			end = int64(*m.End)
		}
		for _, n := range []int64{int64(m.Step), int64(m.Start), end} {
			d.number(n)
		}
	}
}

func (d *digester) annotation(a dataset.Annotation) {
	d.string(string(a.Kind()))
	base := a.Common()
	d.number(base.ID)
	d.number(base.Group)
	d.number(int64(base.ObjectID))
	d.attributes(base.Attributes)
	if l := dataset.LabelOf(a); l != nil {
		d.number(int64(*l))
	}
	if z := dataset.ZOf(a); z != nil {
		d.number(int64(*z))
	}
	switch a := a.(type) {
	case *dataset.Label:
	case *dataset.Bbox:
		d.floats(a.X, a.Y, a.W, a.H)
	case *dataset.RotatedBbox:
		d.floats(a.CX, a.CY, a.W, a.H, a.Angle)
	case *dataset.Polygon:
		d.floats(a.Points...)
	case *dataset.PolyLine:
		d.floats(a.Points...)
	case *dataset.Points:
		d.floats(a.Points...)
		d.number(int64(len(a.Visibility)))
		for _, v := range a.Visibility {
			d.number(int64(v))
		}
	case *dataset.Mask:
		d.number(int64(a.RLE.Height))
		d.number(int64(a.RLE.Width))
		d.string(string(a.RLE.Counts))
	case *dataset.Caption:
		d.string(a.Caption)
	case *dataset.Ellipse:
		d.floats(a.X1, a.Y1, a.X2, a.Y2)
	case *dataset.Cuboid2D:
		d.floats(a.Corners[:]...)
		d.floats(a.Y3D...)
	case *dataset.Cuboid3D:
		for _, v := range [][3]float64{a.Position, a.Rotation, a.Scale} {
			d.floats(v[:]...)
		}
	case *dataset.Tabular:
		d.attributes(a.Values)
	default:
		panic(fmt.Sprintf("an annotation of the unknown kind %T", a))
	}
}
