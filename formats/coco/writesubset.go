package coco

import (
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strconv"

	"datum/dataset"
)

// outSubset is a subset being written.
type outSubset struct {
	e      *exporter
	name   string
	files  []*outFile
	source bool // the files are those that the subset came from
	images *spool
	ids    map[string]struct{} // image ids given away
	nextID int64
}

// outFile is one annotation file being written.
type outFile struct {
	path        string
	task        string
	members     [][]json.RawMessage
	annotations *spool
	ids         map[int64]struct{} // annotation ids given away
	nextID      int64
}

func newOutSubset(e *exporter, name string) (*outSubset, error) {
	s := &outSubset{e: e, name: name, ids: map[string]struct{}{}}
	var err error
	if s.images, err = newSpool(e.root); err != nil {
		return nil, err
	}
	for _, f := range carriedFiles(e.info.Subset(name)) {
		s.source = true
		if _, err := s.addFile(f); err != nil {
			return nil, err
		}
	}
	return s, nil
}

func (s *outSubset) addFile(f carriedFile) (*outFile, error) {
	sp, err := newSpool(s.e.root)
	if err != nil {
		return nil, err
	}
	out := &outFile{path: f.Path, task: f.Task, members: f.Members, annotations: sp, ids: map[int64]struct{}{}}
	s.files = append(s.files, out)
	return out, nil
}

// file returns the file for a task, made where there is none.
func (s *outSubset) file(task string) (*outFile, error) {
	if s.source && len(s.files) == 1 && task != taskCaptions {
		return s.files[0], nil
	}
	for _, f := range s.files {
		if f.task == task {
			return f, nil
		}
	}
	return s.addFile(carriedFile{Path: fmt.Sprintf("annotations/%s_%s.json", task, s.name), Task: task})
}

// write takes an item: its image, and its annotations as records.
func (s *outSubset) write(it *dataset.Item) error {
	image := s.imageID(it)
	r := imageRecord(it)
	if !r.Has("id") {
		r = append(dataset.Attributes{{Name: "id", Value: []byte(image)}}, r...)
	} else {
		r.SetRaw("id", []byte(image))
	}
	if raw, ok := it.Attributes.Get(carryImage); ok {
		r = applyDifference(r, raw)
	}
	if err := s.writeImage(it, r); err != nil {
		return err
	}
	if err := s.e.savePicture(it, s.name, s.pictureDir()); err != nil {
		return err
	}
	for _, g := range s.group(it) {
		if err := s.writeGroup(it, g, image); err != nil {
			return err
		}
	}
	return nil
}

// writeImage spools the record, for all files or for those that list it, and
// apart for a file whose record differs.
func (s *outSubset) writeImage(it *dataset.Item, r dataset.Attributes) error {
	mask := everyFile
	var in []int
	if s.source && it.Attributes.Decode(carryIn, &in) {
		mask = 0
		for _, k := range in {
			mask |= fileBit(k)
		}
	}
	for k := range s.files {
		raw, ok := it.Attributes.Get(carryImage + strconv.Itoa(k))
		if !ok || !s.source {
			continue
		}
		mask &^= fileBit(k)
		if err := s.images.write(applyDifference(slices.Clone(r), raw).AppendJSON(nil), -1, fileBit(k)); err != nil {
			return err
		}
	}
	if mask == 0 {
		return nil
	}
	return s.images.write(r.AppendJSON(nil), -1, mask)
}

// imageID is the id of an item's image: its attribute, or the next free
// number.
func (s *outSubset) imageID(it *dataset.Item) string {
	raw, given := it.Attributes.Get(attrID)
	id := idText(raw)
	if given && id == "" {
		s.e.lost(it, "id attributes of items that can be no image id, replaced")
	}
	if id != "" {
		if _, used := s.ids[id]; !used {
			s.ids[id] = struct{}{}
			return id
		}
		s.e.lost(it, "image ids changed because another image of the subset has the same")
	}
	for {
		s.nextID++
		id := strconv.FormatInt(s.nextID, 10)
		if _, used := s.ids[id]; !used {
			s.ids[id] = struct{}{}
			return id
		}
	}
}

// out is a group with where it goes.
type out struct {
	group
	id    int64
	first dataset.Annotation
}

// group puts the annotations of an item together to records: those that share
// a group, unless one is marked as the beginning of another record.
func (s *outSubset) group(it *dataset.Item) []*out {
	var groups []*out
	open := map[int64]*out{}
	for _, a := range it.Annotations {
		s.countFields(it, a)
		base := a.Common()
		marked := base.Attributes.Has(carryRecord) || base.Attributes.Has(carryFile)
		if g := open[base.Group]; g != nil && base.Group != 0 && !marked && sameLabel(g.first, a) && g.add(a) {
			s.countConflicts(it, g.first, a)
			continue
		}
		g := &out{id: base.ID, first: a}
		if !g.add(a) {
			s.e.lost(it, plural[a.Kind()]+" dropped")
			continue
		}
		groups = append(groups, g)
		open[base.Group] = g
	}
	return groups
}

var plural = map[dataset.Kind]string{
	dataset.KindRotatedBox: "rotated boxes", dataset.KindPolyLine: "polylines", dataset.KindEllipse: "ellipses",
	dataset.KindCuboid2D: "2D cuboids", dataset.KindCuboid3D: "3D cuboids", dataset.KindTabular: "table rows",
}

func sameLabel(a, b dataset.Annotation) bool {
	x, y := dataset.LabelOf(a), dataset.LabelOf(b)
	return x != nil && y != nil && *x == *y
}

// countFields counts the fields of an annotation that COCO does not have.
func (s *outSubset) countFields(it *dataset.Item, a dataset.Annotation) {
	if plural[a.Kind()] != "" {
		return
	}
	if z := dataset.ZOf(a); z != nil && *z != 0 {
		s.e.lost(it, "drawing orders of annotations dropped")
	}
	if a.Common().ObjectID != dataset.NoObject {
		s.e.lost(it, "object ids of annotations dropped")
	}
	if p, ok := a.(*dataset.Polygon); ok && (len(p.Points) < 6 || len(p.Points)%2 != 0) {
		s.e.lost(it, "polygons of fewer than three points, which readers of COCO refuse or skip")
	}
}

// countConflicts counts what two annotations of one record say differently.
func (s *outSubset) countConflicts(it *dataset.Item, first, a dataset.Annotation) {
	x, _ := first.Common().Attributes.Split()
	y, _ := a.Common().Attributes.Split()
	if string(x.AppendJSON(nil)) != string(y.AppendJSON(nil)) {
		s.e.lost(it, "annotations whose attributes differ from those of the same object")
	}
	if first.Common().ID != a.Common().ID {
		s.e.lost(it, "annotation ids that differ from those of the same object")
	}
}

func (s *outSubset) writeGroup(it *dataset.Item, g *out, image string) error {
	base := g.first.Common()
	f, err := s.fileOf(base, g.task())
	if err != nil {
		return err
	}
	category := ""
	if l := dataset.LabelOf(g.first); l != nil && *l != dataset.NoLabel {
		category = s.e.ids[*l]
	}
	carried, hasCarried := base.Attributes.Get(carryRecord)
	id := f.annotationID(g.id, hasCarried)
	if g.id != 0 && id != g.id {
		s.e.lost(it, "annotation ids changed because another annotation of the file has the same")
	}
	r := g.record(strconv.FormatInt(id, 10), image, category)
	if hasCarried {
		r = applyDifference(r, carried)
	}
	order := int64(-1)
	if raw, ok := base.Attributes.Get(carryOrder); ok && s.source {
		if n, ok := integer(raw); ok {
			order = n
		}
	}
	return f.annotations.write(r.AppendJSON(nil), order, everyFile)
}

func (s *outSubset) fileOf(base *dataset.Base, task string) (*outFile, error) {
	if raw, ok := base.Attributes.Get(carryFile); ok && s.source {
		if k, ok := integer(raw); ok && k >= 0 && k < int64(len(s.files)) {
			return s.files[k], nil
		}
	}
	return s.file(task)
}

// annotationID is the id given, or the next free number where none was given
// or, unless the source had it so, another annotation has it.
func (f *outFile) annotationID(id int64, asGiven bool) int64 {
	_, used := f.ids[id]
	if asGiven || id != 0 && !used {
		f.ids[id] = struct{}{}
		return id
	}
	for {
		f.nextID++
		if _, used := f.ids[f.nextID]; !used {
			f.ids[f.nextID] = struct{}{}
			return f.nextID
		}
	}
}

// pictureDir is the folder of the pictures.
func (s *outSubset) pictureDir() string {
	if s.source && path.Base(path.Dir(s.files[0].path)) == s.name {
		return path.Dir(s.files[0].path) // Roboflow: beside the annotations
	}
	return "images/" + s.name
}

func (s *outSubset) closeFiles() {
	s.images.close()
	for _, f := range s.files {
		f.annotations.close()
	}
}
