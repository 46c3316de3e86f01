package coco

import (
	"slices"

	"datum/dataset"
)

// knownFiles is what the workers may look at of the files of a subset: it does
// not change once it is made. What is added to the files later does not change
// the place of anything that is in it.
type knownFiles struct {
	info *dataset.Info
	// sameSource is that of the subset. Otherwise the file follows from the
	// task of the record, not from the annotation.
	sameSource bool
	files      []knownFile
	usual      [kindTasks]int // by the task of an annotation's kind: sourceFile
	byTask     [kindTasks]int // the file of the task, or anyFile where there is none yet
}

// knownFile is a file with the ids of its categories by label, nil of those
// that it does not list.
type knownFile struct {
	*outFile
	categories [][]byte
}

// The tasks that a record can have by its content.
const (
	kindInstances = iota
	kindKeypoints
	kindCaptions
	kindLabels
	kindTasks
)

var kindTaskNames = [kindTasks]string{taskInstances, taskKeypoints, taskCaptions, taskLabels}

// known returns what is known of the files, nil where there are none or where
// each item has something to say to one of them.
func (s *outSubset) known() *knownFiles {
	if s.knows == nil && len(s.files) > 0 && !s.e.general &&
		!slices.ContainsFunc(s.files, func(f *outFile) bool { return f.task == taskPanoptic }) {
		s.knows = s.findKnown()
	}
	return s.knows
}

func (s *outSubset) findKnown() *knownFiles {
	k := &knownFiles{info: &s.e.info, sameSource: s.sameSource}
	lists := map[*outFile][][]byte{}
	for _, f := range s.files {
		if lists[f] == nil {
			lists[f] = f.categoryIDs()
		}
		k.files = append(k.files, knownFile{f, lists[f]})
	}
	for i, name := range kindTaskNames {
		k.usual[i], k.byTask[i] = anyFile, anyFile
		if s.sameSource {
			k.usual[i] = usualFile(len(s.files), s.task, name)
		}
		for n := len(s.files) - 1; n >= 0; n-- {
			if s.files[n].task == name {
				k.byTask[i] = n
			}
		}
	}
	return k
}

// categoryIDs lists the ids of the categories so far, by label.
func (f *outFile) categoryIDs() [][]byte {
	labels := int32(-1)
	for l := range f.ids {
		labels = max(labels, l)
	}
	const most = 1 << 20 // labels may be any numbers where none are listed
	ids := make([][]byte, min(labels+1, most))
	for l, id := range f.ids {
		if int(l) < len(ids) {
			ids[l] = id
		}
	}
	return ids
}
