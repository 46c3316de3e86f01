package evaluate

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"datum/dataset"
	"datum/metrics"
	"datum/models/predict"
)

// Classifier collects what a classifier said, and what was there.
type Classifier struct {
	Counts     *metrics.Classification
	mapping    *Mapping
	categories *dataset.Categories
	// slots are the places of the model's classes among the scores: those of the
	// categories, and behind them those that are no category.
	slots                []int
	others               []string // the names of those
	scores               []float32
	unlabelled, multiple int
}

// NewClassifier returns a collection for a model of so many classes.
func NewClassifier(m *Mapping, classes int, c *dataset.Categories) (*Classifier, error) {
	k := &Classifier{mapping: m, categories: c, slots: make([]int, classes)}
	places := c.Len()
	for class := range classes {
		label, ok, err := m.Category(class)
		switch {
		case err != nil:
			return nil, err
		case ok: // several classes may be one category
			k.slots[class] = int(label)
		default:
			k.slots[class] = places
			k.others = append(k.others, fmt.Sprintf("class %d of the model", class))
			places++
		}
	}
	k.Counts, k.scores = metrics.NewClassification(places), make([]float32, places)
	return k, nil
}

// Names returns the names of the categories, and behind them those of the
// classes that are none.
func (k *Classifier) Names() []string { return append(names(k.categories), k.others...) }

// name returns the name of a place among the scores, "" of the background.
func (k *Classifier) name(slot int32) string {
	if at := int(slot) - k.categories.Len(); at >= 0 && at < len(k.others) {
		return k.others[at]
	}
	return k.categories.Name(slot)
}

// Add takes the result of one picture. One without a label, or with several, is
// counted and left out: the most likely class says nothing of it.
func (k *Classifier) Add(r *predict.Result) error {
	labels := map[int32]bool{}
	for _, a := range r.Item.Annotations {
		if l, ok := a.(*dataset.Label); ok && l.Label != dataset.NoLabel {
			labels[l.Label] = true
		}
	}
	switch len(labels) {
	case 0:
		k.unlabelled++
		return nil
	case 1:
	default:
		k.multiple++
		return nil
	}
	for i := range k.scores {
		k.scores[i] = float32(math.Inf(-1)) // of a category that the model has no class for
	}
	for class, score := range r.Scores {
		slot := k.slots[class]
		k.scores[slot] = max(k.scores[slot], score)
	}
	truth := slices.Collect(maps.Keys(labels))[0]
	if int(truth) >= k.categories.Len() {
		return fmt.Errorf("item %s of %s: there is no label %d", r.Item.ID, r.Item.Subset, truth)
	}
	return k.Counts.Add(int(truth), k.scores)
}

// ClassificationReport is how good a classifier is.
type ClassificationReport struct {
	Images int `json:"images"`
	// Unlabelled and Multiple are pictures without a label, and with several,
	// which were left out.
	Unlabelled int               `json:"unlabelled_images"`
	Multiple   int               `json:"images_of_several_labels"`
	Top1       float64           `json:"top1"`
	Top5       float64           `json:"top5"`
	Categories []ClassReport     `json:"categories"`
	Confusion  []ConfusionReport `json:"confusion"`
}

// ClassReport is what was said of the pictures of one category.
type ClassReport struct {
	Name      string  `json:"name"`
	Images    int     `json:"images"`
	Predicted int     `json:"predicted"`
	Top1      float64 `json:"top1"`
	Top5      float64 `json:"top5"`
	Precision float64 `json:"precision"`
}

// Report computes the numbers.
func (k *Classifier) Report() *ClassificationReport {
	total := k.Counts.Total()
	r := &ClassificationReport{
		Images: total.Truths, Unlabelled: k.unlabelled, Multiple: k.multiple, Top1: total.Top1Accuracy(), Top5: total.Top5Accuracy(),
		Confusion: confusion(k.Counts.Confusion(), k.name),
	}
	for i, n := range k.Counts.Classes()[:k.categories.Len()] {
		r.Categories = append(r.Categories, ClassReport{
			k.categories.Name(int32(i)), n.Truths, n.Predicted, n.Top1Accuracy(), n.Top5Accuracy(), n.Precision(),
		})
	}
	return r
}
