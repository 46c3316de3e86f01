package coco

import (
	"encoding/json"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"datum/dataset"
	"datum/formats"
	"datum/internal/nameset"
)

// outSubset is a subset being written.
type outSubset struct {
	e     *exporter
	name  string
	info  *dataset.Subset // nil where the dataset did not announce it
	files []*outFile
	// sameSource says that the files are those that the subset came from, so
	// that what items carry of their places in them holds; sameLayout that
	// they are written under their old names.
	sameSource, sameLayout bool
	spool                  *spool
	images                 imageList
	absent                 map[int32]uint64 // item → bit k: file k does not list its image
	forced                 [][]byte         // image ids that are no whole numbers
	names                  *nameset.Set     // of the media of the items
	knows                  *knownFiles      // see known
}

// noOrder is the order of records that come when they come.
const noOrder int32 = -1

func newOutSubset(e *exporter, name string) (s *outSubset, err error) {
	s = &outSubset{e: e, name: name, info: e.info.Subset(name), names: nameset.New(), absent: map[int32]uint64{}}
	if s.spool, err = newSpool(e.root, e.spools()); err != nil {
		return nil, err
	}
	carried := carriedFiles(s.info)
	s.sameSource = carried != nil
	s.sameLayout = s.sameSource && !slices.ContainsFunc(carried, func(c carriedFile) bool { return !isPath(c.Path, name) })
	for _, c := range carried {
		if err := s.addCarried(c); err != nil {
			s.closeSpool()
			return nil, err
		}
	}
	return s, nil
}

// isPath reports whether a carried path can be used, and will be read as of
// this subset.
func isPath(p, subset string) bool {
	return filepath.IsLocal(filepath.FromSlash(p)) && path.Ext(p) == ".json" && path.Clean(p) == p && classify(p).subset == subset
}

// carriedFiles reads the files that a subset came from, none where it came
// from elsewhere or what it carries cannot be used.
func carriedFiles(s *dataset.Subset) (files []carriedFile) {
	if s == nil || !s.Attributes.Decode(carryFiles, &files) || len(files) > maxFiles {
		return nil
	}
	for i, f := range files {
		if !slices.Contains(tasks, f.Task) || slices.ContainsFunc(files[:i], func(g carriedFile) bool { return g.Path == f.Path }) {
			return nil
		}
		for _, m := range f.Members {
			if len(m) == 0 || len(m) > 2 || m[0][0] != '"' {
				return nil
			}
		}
	}
	return files
}

// addCarried makes a file as the source had it. Where the names cannot be
// kept, files of one task become one.
func (s *outSubset) addCarried(c carriedFile) error {
	if !s.sameLayout {
		if k := usualFile(len(s.files), s.task, c.Task); k >= 0 && s.files[k].task == c.Task {
			s.files[k].bits |= 1 << len(s.files)
			s.files = append(s.files, s.files[k])
			return nil
		}
		c.Path = s.usualPath(c.Task)
	}
	return s.addFile(c)
}

func (s *outSubset) usualPath(task string) string {
	return fmt.Sprintf("%s/%s_%s.json", annotationsDir, task, s.name)
}

func (s *outSubset) task(k int) string { return s.files[k].task }

func (s *outSubset) addFile(c carriedFile) error {
	f := newOutFile(s, c)
	f.bits = 1 << len(s.files)
	s.files = append(s.files, f)
	s.knows = nil
	return nil
}

// anyFile stands for the file of the task that a record turns out to be.
const anyFile = -1

// sourceFile returns the number of the file that an annotation was in, or
// anyFile.
func (s *outSubset) sourceFile(a dataset.Annotation) int {
	if !s.sameSource {
		return anyFile
	}
	if raw, ok := a.Common().Attributes.Get(carryFile); ok {
		if k, ok := integer(raw); ok && k >= 0 && k < int64(len(s.files)) {
			return int(k)
		}
	}
	return usualFile(len(s.files), s.task, kindTask(a))
}

// taskFile returns the number of the file of a task, made where there is none.
func (s *outSubset) taskFile(task string) (int, error) {
	for k, f := range s.files {
		if f.task == task {
			return k, nil
		}
	}
	if len(s.files) == maxFiles {
		return 0, s.e.errorf("", "subset %q needs more than %d annotation files", s.name, maxFiles)
	}
	return len(s.files), s.addFile(carriedFile{Path: s.usualPath(task), Task: task})
}

// write takes an item: its image, and its annotations as records.
func (s *outSubset) write(it *dataset.Item) error {
	if it.Media != nil && it.Media.MediaKind() != dataset.MediaImage {
		s.e.lost(it, fmt.Sprintf("items with a %s, which COCO has no place for, dropped", it.Media.MediaKind()))
		return nil
	}
	if err := s.check(it); err != nil {
		return err
	}
	ordinal := s.images.n
	if err := s.writeImage(it, ordinal); err != nil {
		return err
	}
	return s.writeAnnotations(it, ordinal)
}

// check refuses items whose names lead out of the dataset, and such as were
// there before.
func (s *outSubset) check(it *dataset.Item) error {
	if err := formats.CheckItem(&s.e.info, it); err != nil {
		return s.e.errorf(it.ID, "%w", err)
	}
	name := fileName(it)
	if !filepath.IsLocal(filepath.FromSlash(name)) || path.Clean(name) == "." || strings.ContainsRune(name, 0) {
		return s.e.errorf(it.ID, "the media name %q is no path inside a dataset", name)
	}
	return s.checkName(it, name)
}

// checkName refuses a name that was there before.
func (s *outSubset) checkName(it *dataset.Item, name string) error {
	if !s.names.Add(name) {
		return s.e.errorf(it.ID, "the subset %q has two items of the name %q", s.name, name)
	}
	return nil
}

// writeImage spools the image's record and starts saving its media.
func (s *outSubset) writeImage(it *dataset.Item, ordinal int32) error {
	e := imageEntry{}
	if raw, ok := it.Attributes.Get(attrID); ok {
		if n, whole := integer(raw); whole {
			e.id, e.kind = n, idGiven
		} else if idText(raw) == "" {
			s.e.lost(it, "id attributes of items that cannot be the id of an image, dropped")
		}
	}
	patch, carried := it.Attributes.Get(carryImage)
	r := apply(imageMembers(it, nil), patch)
	if !carried && it.Media == nil {
		s.e.lost(it, "items without media, listed as images all the same")
	}
	rawName, _ := r.Get("file_name")
	if err := s.saveMedia(it, rawName); err != nil {
		return err
	}
	if raw, _ := r.Get("id"); idText(raw) != "" {
		e.id, e.kind = int64(len(s.forced)), idForced
		s.forced = append(s.forced, raw)
	}
	if err := s.writeListings(it, ordinal, r); err != nil {
		return err
	}
	return s.addImage(e, rest(r))
}

// addImage spools the record of an image.
func (s *outSubset) addImage(e imageEntry, text []byte) (err error) {
	e.at, err = s.spool.add(text)
	e.size = int32(len(text))
	s.images.add(e)
	return err
}

func (s *outSubset) saveMedia(it *dataset.Item, rawName []byte) error {
	name, _ := text(rawName)
	clean, ok := cleanName(name, true)
	if !ok {
		return s.e.errorf(it.ID, "the media name %q cannot be a path in the dataset", name)
	}
	return s.saveAs(it, clean)
}

// saveAs saves the media under a name.
func (s *outSubset) saveAs(it *dataset.Item, name string) error {
	return s.startSaving(it, path.Join(s.mediaDir(it), name))
}

// rest is the text of a record behind its id.
func rest(r dataset.Attributes) []byte {
	r = without(r, "id")
	if len(r) == 0 {
		return []byte("}")
	}
	b := r.AppendJSON(nil)
	b[0] = ','
	return b
}

// writeListings notes which files list the image, where, and spools the
// records that differ from r.
func (s *outSubset) writeListings(it *dataset.Item, ordinal int32, r dataset.Attributes) error {
	var listed map[string]listing
	if !s.sameSource || !it.Attributes.Decode(carryIn, &listed) {
		return nil
	}
	for k, f := range s.files {
		l, ok := listed[strconv.Itoa(k)]
		if !ok {
			s.absent[ordinal] |= 1 << k
			continue
		}
		if l.At != nil {
			f.places[ordinal] = *l.At
		}
		if l.Patch == nil {
			continue
		}
		own := apply(slices.Clone(r), l.Patch)
		text := rest(own)
		v := variant{size: int32(len(text))}
		if raw, _ := own.Get("id"); idText(raw) != "" {
			v.id = raw
		}
		var err error
		if v.at, err = s.spool.add(text); err != nil {
			return err
		}
		f.variants[ordinal] = v
	}
	return nil
}

// finish writes the files of the subset.
func (s *outSubset) finish() error {
	if len(s.files) == 0 {
		task := taskImageInfo
		if s.e.info.Categories.Len() > 0 { // which a file of image infos does not list
			task = taskInstances
		}
		if err := s.addFile(carriedFile{Path: s.usualPath(task), Task: task}); err != nil {
			return err
		}
	}
	s.giveImageIDs()
	for k, f := range s.files {
		if slices.Contains(s.files[:k], f) {
			continue
		}
		if err := f.write(k); err != nil {
			return err
		}
	}
	return nil
}

// giveImageIDs gives ids to the images that have none or one that another
// image has.
func (s *outSubset) giveImageIDs() {
	used := numberSet{}
	for _, raw := range s.forced {
		if n, ok := integer(raw); ok {
			used.add(n)
		}
	}
	last := int64(0)
	for i := range s.images.n {
		e := s.images.at(i)
		if e.kind != idGiven {
			continue
		}
		if !used.add(e.id) {
			e.kind = idFree
			s.e.loss.Add("image ids given anew, since another image of the subset has the same", fmt.Sprintf("%d of %s", e.id, s.name), 1)
			continue
		}
		last = max(last, e.id)
	}
	for i := range s.images.n {
		e := s.images.at(i)
		for e.kind == idFree {
			last++
			if !used.has(last) {
				e.id, e.kind = last, idGiven
			}
		}
	}
}

// imageID returns the JSON text of the id of an image.
func (s *outSubset) imageID(dst []byte, ordinal int32) []byte {
	e := s.images.at(ordinal)
	if e.kind == idForced {
		return append(dst, s.forced[e.id]...)
	}
	return strconv.AppendInt(dst, e.id, 10)
}

// closeSpool removes what was only needed until the files were written.
func (s *outSubset) closeSpool() {
	s.spool.close()
}

// jsonText is the JSON text of a string.
func jsonText(s string) json.RawMessage { return dataset.AppendString(nil, s) }
