package commands

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"datum/formats"
	"datum/train/trainer"
)

// suspectsFile is the list of --noisy-labels.
type suspectsFile struct {
	About string `json:"about"`
	// Annotations are all objects, the most doubtful first.
	Annotations []trainer.Suspect `json:"annotations"`
}

const aboutSuspects = "annotations by how much the network contradicted them while it learnt: wrong ones are among the first"

// writeSuspects writes the list. Of an encrypted dataset it names items and labels,
// and so nobody else may read it.
func (a *app) writeSuspects(ctx context.Context, path string, overwrite bool, j *trainingJob, list []trainer.Suspect) error {
	for i := range list {
		list[i].LabelName, list[i].InsteadName = j.labelOf(list[i].Label), j.labelOf(list[i].Instead)
	}
	out := modelOutput{path: path, overwrite: overwrite, private: j.data.encrypted}
	staged, err := out.stage(nil, func(w io.Writer) error {
		e := json.NewEncoder(w)
		e.SetIndent("", " ")
		return e.Encode(suspectsFile{aboutSuspects, list})
	})
	if err != nil {
		return err
	}
	defer staged.abort()
	return staged.commit(ctx)
}

// labelOf is the name of a label, empty where there is none.
func (j *trainingJob) labelOf(label int) string {
	if label < 0 || label >= len(j.labels) {
		return ""
	}
	return j.labels[label]
}

// unrated says how many objects are not in the list, as nothing is known of them: those
// for whose loss a crowded picture has no place, and those that were always cut off.
func (a *app) unrated(j *trainingJob, r *trainer.Result) int {
	n := max(0, j.survey.Objects-len(r.Objects))
	if n == 0 {
		return 0
	}
	a.Warn("the list of noisy labels says nothing of %d of %s: never seen whole, or too many in one picture", n, number(j.survey.Objects, "object", "objects"))
	return n
}

// maxSuspects is how large a list may be: more than ten million annotations.
const maxSuspects = 2 << 30

// readSuspects reads a list that a training wrote.
func readSuspects(path string) (*suspectsFile, error) {
	f, err := os.Open(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil, formats.WithHint(formats.Reason(formats.ErrUnknownFormat, "%s: there is no such file", path), "datum train --noisy-labels %s writes it", path)
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	corrupt := func(reason string, args ...any) error {
		return &formats.Error{Path: path, Err: formats.Reason(formats.ErrCorrupt, "this is no list of noisy labels: "+reason, args...)}
	}
	d := json.NewDecoder(io.LimitReader(f, maxSuspects))
	var list suspectsFile
	if err := d.Decode(&list); err != nil {
		return nil, corrupt("%w", err)
	}
	if list.Annotations == nil {
		return nil, corrupt("it has no annotations")
	}
	for i := range list.Annotations {
		if s := &list.Annotations[i]; s.ID == "" || s.Annotation < -1 {
			return nil, corrupt("annotation %d of it has no item", i)
		}
	}
	return &list, nil
}

// mostSuspects is how many are shown unless all are wanted.
const mostSuspects = 20

// infoNoisyLabels shows the annotations that are most likely wrong.
func (a *app) infoNoisyLabels(path string, everything bool) error {
	list, err := readSuspects(path)
	if err != nil {
		return err
	}
	n := noisyLabels{Path: path, Of: len(list.Annotations), Annotations: list.Annotations}
	if !everything && n.Of > mostSuspects {
		n.Annotations = n.Annotations[:mostSuspects]
	}
	return a.Result(&n)
}

// noisyLabels is the top of a list.
type noisyLabels struct {
	Path        string            `json:"path"`
	Of          int               `json:"of"` // how many annotations the whole list has
	Annotations []trainer.Suspect `json:"annotations"`
}

func (*noisyLabels) Kind() string { return "noisy_labels" }

func (n *noisyLabels) Text(w io.Writer) {
	fmt.Fprintf(w, "%5s  %-20s %-20s %-14s %s\n", "doubt", "label", "more like", "annotation", "item")
	for _, s := range n.Annotations {
		place := fmt.Sprint(s.Annotation)
		if s.Annotation < 0 {
			place = "the picture's"
		}
		fmt.Fprintf(w, "%5.3f  %-20s %-20s %-14s %s\n", s.Doubt, s.LabelName, cmp.Or(s.InsteadName, "-"), place, itemName(s.Subset, s.ID))
	}
	if rest := n.Of - len(n.Annotations); rest > 0 {
		fmt.Fprintf(w, "%d more, each less doubtful than these; --all shows them\n", rest)
	}
}

// itemName is the item as it is called in messages.
func itemName(subset, id string) string {
	if subset == "" {
		return id
	}
	return subset + "/" + id
}
