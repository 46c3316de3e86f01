package trainer_test

import (
	"math/rand/v2"
	"testing"

	"datum/dataset"
	"datum/internal/openvinotest"
	"datum/train/trainer"
)

// Of labels of pictures that were made wrong on purpose, one in twenty, most are among the
// first twentieth of the suspects, though the training goes on until some are learnt.
func TestWrongLabelsAreFound(t *testing.T) {
	core := openvinotest.Core(t)
	const n, share = 240, 20
	list := items(n)
	random := rand.New(rand.NewPCG(4, 2))
	wrong := map[string]bool{}
	for len(wrong) < n/share {
		it := &list[random.IntN(n)]
		if label := it.Annotations[0].(*dataset.Label); !wrong[it.ID] {
			label.Label = (label.Label + 1 + int32(random.IntN(2))) % 3
			wrong[it.ID] = true
		}
	}
	o := options(&store{})
	o.Train.Dataset, o.Epochs, o.Recipe.Mosaic, o.Recipe.MixUp = open(list), 6, 0, 0
	r, err := trainer.Run(t.Context(), core, &colourTask{}, n, o)
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	for _, x := range r.Objects[:n/share] {
		if wrong[x.ID] {
			found++
		}
	}
	if 10*found < 6*len(wrong) {
		t.Errorf("%d of %d wrong labels are among the first %d", found, len(wrong), n/share)
	}
}
