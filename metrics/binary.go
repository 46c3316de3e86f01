package metrics

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"math/bits"
)

// BinaryOptions choose what a [Binary] looks at.
type BinaryOptions struct {
	// Threshold is the probability from which on a sample counts as predicted
	// positive, 0.5 if zero.
	Threshold float32
	// Grouped asks for the AUC within groups, too.
	Grouped bool
	// Memory is how many bytes the scores may take in memory, 64 MiB if zero.
	Memory int
	// TempDir is where scores go that have no room in memory; the system's
	// folder if empty. They are encrypted there.
	TempDir string
}

// A Binary measures predictions of yes or no, such as of clicks.
//
// AUC is exact, and needs all scores in order: four bytes a sample, and
// sixteen more with groups. What exceeds the memory allowed is sorted in parts
// in a temporary file without a name, encrypted under a key that is only in
// memory. Neither the order of the samples nor the memory allowed changes any
// result.
type Binary struct {
	options BinaryOptions
	scores  *sorter[scored]
	groups  *sorter[grouped] // nil unless wanted
	counts  BinaryCounts
	loss    fixed
	said    fixed // the sum of all probabilities
}

// BinaryCounts are the four ways in which a prediction of yes or no can turn
// out.
type BinaryCounts struct {
	TruePositives  int `json:"true_positives"`
	FalsePositives int `json:"false_positives"`
	TrueNegatives  int `json:"true_negatives"`
	FalseNegatives int `json:"false_negatives"`
}

// BinaryResult is what a [Binary] measured. A number is −1 where there is
// nothing to measure it by.
type BinaryResult struct {
	BinaryCounts
	Samples   int `json:"samples"`
	Positives int `json:"positives"`
	// AUC is the probability that a positive sample has a higher score than a
	// negative one; equal scores count as half.
	AUC float64 `json:"auc"`
	// AUCError is its standard error after Hanley and McNeil (1982): of differences
	// that are not several times as large nothing follows.
	AUCError float64 `json:"auc_error"`
	// GAUC is the mean of the AUC of each group that has both positive and
	// negative samples, weighted by its number of samples. Groups counts these
	// groups.
	GAUC   float64 `json:"gauc"`
	Groups int     `json:"groups"`
	// LogLoss is the mean of −ln p, p being the probability given to what was
	// the case, which is taken for no less than the epsilon of float32.
	LogLoss float64 `json:"log_loss"`
	// Calibration is the mean probability over the share of positive samples: 1 where a
	// model promises as much as comes. Of samples that were drawn, such as negatives at
	// random, it says nothing.
	Calibration float64 `json:"calibration"`
	Accuracy    float64 `json:"accuracy"`
	Precision   float64 `json:"precision"`
	Recall      float64 `json:"recall"`
}

// NewBinary returns an empty measurement. It has to be closed.
func NewBinary(o BinaryOptions) *Binary {
	o.Threshold = cmp.Or(o.Threshold, 0.5)
	o.Memory = cmp.Or(o.Memory, 64<<20)
	b := &Binary{options: o}
	const score, inGroup = 4, 16 // bytes
	limit := o.Memory / score
	if o.Grouped {
		limit = o.Memory / (score + inGroup)
		b.groups = newSorter[grouped](limit, o.TempDir)
	}
	b.scores = newSorter[scored](limit, o.TempDir)
	return b
}

// Close gives back what lies on disk.
func (b *Binary) Close() error {
	return errors.Join(b.scores.close(), b.groups.close())
}

// Add takes the probability that a sample is positive, and whether it is. The
// group, such as a user, is of no consequence unless groups were asked for. A
// probability outside of 0…1 is an error that wraps [ErrValue].
func (b *Binary) Add(group uint64, probability float32, positive bool) error {
	if !(probability >= 0 && probability <= 1) {
		return fmt.Errorf("%w: a probability of %v", ErrValue, probability)
	}
	s := scoreOf(probability, positive)
	if err := b.scores.add(s); err != nil {
		return err
	}
	if b.groups != nil {
		if err := b.groups.add(grouped{group, s}); err != nil {
			return err
		}
	}
	b.counts.add(probability >= b.options.Threshold, positive)
	right := float64(probability)
	b.said.add(right)
	if !positive {
		right = 1 - right
	}
	b.loss.add(-math.Log(min(max(right, smallest), 1-smallest)))
	return nil
}

// smallest is the epsilon of float32, which scikit-learn, too, puts in place of
// probabilities of this type that are zero.
const smallest = 1.0 / (1 << 23)

func (c *BinaryCounts) add(predicted, positive bool) {
	switch {
	case predicted && positive:
		c.TruePositives++
	case predicted:
		c.FalsePositives++
	case positive:
		c.FalseNegatives++
	default:
		c.TrueNegatives++
	}
}

// Result returns what was measured. More may be added afterwards.
func (b *Binary) Result() (BinaryResult, error) {
	c := b.counts
	r := BinaryResult{BinaryCounts: c, GAUC: -1}
	r.Positives = c.TruePositives + c.FalseNegatives
	r.Samples = r.Positives + c.FalsePositives + c.TrueNegatives
	r.LogLoss = -1
	if r.Samples > 0 {
		r.LogLoss = b.loss.float() / float64(r.Samples)
	}
	r.Calibration = ratio(b.said.float(), r.Positives)
	r.Accuracy = ratio(float64(c.TruePositives+c.TrueNegatives), r.Samples)
	r.Precision = ratio(float64(c.TruePositives), c.TruePositives+c.FalsePositives)
	r.Recall = ratio(float64(c.TruePositives), r.Positives)
	var err error
	r.AUC, err = b.auc()
	r.AUCError = errorOfAUC(r.AUC, r.Positives, r.Samples-r.Positives)
	if err != nil || b.groups == nil {
		return r, err
	}
	r.GAUC, r.Groups, err = b.gauc()
	return r, err
}

// errorOfAUC takes scores for exponentially distributed, which is what the standard error
// depends on least. It is −1 where there is no area.
func errorOfAUC(area float64, positives, negatives int) float64 {
	if area < 0 {
		return -1
	}
	p, n, square := float64(positives), float64(negatives), area*area
	twoPositives, twoNegatives := area/(2-area), 2*square/(1+area)
	variance := (area*(1-area) + (p-1)*(twoPositives-square) + (n-1)*(twoNegatives-square)) / (p * n)
	return math.Sqrt(max(0, variance))
}

func (b *Binary) auc() (float64, error) {
	var area ranks
	for s, err := range b.scores.all() {
		if err != nil {
			return 0, err
		}
		area.add(s)
	}
	return area.auc(), nil
}

func (b *Binary) gauc() (mean float64, groups int, err error) {
	var area ranks
	var sum float64
	var samples, group uint64
	end := func() {
		if v, n := area.auc(), area.positives+area.negatives+area.equalPositives+area.equalNegatives; v >= 0 {
			sum += v * float64(n)
			samples += n
			groups++
		}
		area = ranks{}
	}
	for s, err := range b.groups.all() {
		if err != nil {
			return 0, 0, err
		}
		if s.group != group {
			end()
			group = s.group
		}
		area.add(s.scored)
	}
	end()
	return ratio(sum, int(samples)), groups, nil
}

// ranks computes an AUC of scores that come from the lowest to the highest, in
// whole numbers.
type ranks struct {
	// positives and negatives count the scores below the present one, and
	// equalPositives and equalNegatives those that equal it.
	positives, negatives, equalPositives, equalNegatives uint64
	present                                              uint32
	// high and low are twice the number of pairs in which the positive score
	// is higher, and the number of those in which both are equal.
	high, low uint64
}

func (r *ranks) add(s scored) {
	if s.score() != r.present {
		r.step()
		r.present = s.score()
	}
	if s.positive() {
		r.equalPositives++
	} else {
		r.equalNegatives++
	}
}

// step adds the pairs of the positives of the present score.
func (r *ranks) step() {
	high, low := bits.Mul64(r.equalPositives, 2*r.negatives+r.equalNegatives)
	var carry uint64
	r.low, carry = bits.Add64(r.low, low, 0)
	r.high, _ = bits.Add64(r.high, high, carry)
	r.positives += r.equalPositives
	r.negatives += r.equalNegatives
	r.equalPositives, r.equalNegatives = 0, 0
}

// auc is −1 where there are no pairs.
func (r *ranks) auc() float64 {
	r.step()
	if r.positives == 0 || r.negatives == 0 {
		return -1
	}
	pairs := math.Ldexp(float64(r.high), 64) + float64(r.low)
	return pairs / 2 / float64(r.positives) / float64(r.negatives)
}

// A fixed is a sum of numbers that are not negative, in units of 2⁻⁶⁴: whole
// numbers, so that their order does not matter.
type fixed struct{ whole, part uint64 }

func (f *fixed) add(v float64) {
	whole, part := math.Modf(v)
	var carry uint64
	f.part, carry = bits.Add64(f.part, uint64(math.Ldexp(part, 64)), 0)
	f.whole += uint64(whole) + carry
}

func (f *fixed) float() float64 { return float64(f.whole) + math.Ldexp(float64(f.part), -64) }
