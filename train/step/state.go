package step

// A pace says when a part of the state changes.
type pace int

const (
	never     pace = iota // it belongs to the state because training needs it
	eachBatch             // also where several batches make a step
	eachStep
)

// A part is a tensor of the state: a vector of float32.
type part struct {
	name string
	size int
	pace pace
}

// The names of the parts that every way to train has, or may have.
const (
	gradientPart          = "gradient"
	averagePart           = "average of weights"
	averageStatisticsPart = "average of statistics"
)

// partsOf lists what the state consists of, in the order in which the graph has it.
// Vectors without parameters are left out.
func partsOf(l *layout, o *Options) []part {
	n, s := l.trained.size, l.statistics.size
	parts := []part{{l.trained.name, n, eachStep}, {l.statistics.name, s, eachBatch}, {l.frozen.name, l.frozen.size, never}}
	for _, slot := range o.Optimizer.slots() {
		parts = append(parts, part{slot, n, eachStep})
	}
	if o.Accumulate > 1 {
		parts = append(parts, part{gradientPart, n, eachBatch})
	}
	if o.Average > 0 {
		parts = append(parts, part{averagePart, n, eachStep}, part{averageStatisticsPart, s, eachStep})
	}
	kept := parts[:0]
	for _, p := range parts {
		if p.size > 0 {
			kept = append(kept, p)
		}
	}
	return kept
}
