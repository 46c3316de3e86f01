package network

import "datum/graph"

// classificationTargets are how much of each class a picture is, which is one of
// them, or several that were mixed; and how much the picture counts.
func (n *Network) classificationTargets() []Input {
	batch := int64(n.Batch)
	return []Input{
		{"classes", graph.F32, graph.Shape{batch, int64(n.Classes)}},
		{"weights", graph.F32, graph.Shape{batch}},
	}
}

// classificationLoss is the loss of a classifier of this package.
func (n *Network) classificationLoss(b *graph.Builder, logits *graph.Output, targets []*graph.Output) *Loss {
	return CrossEntropy(b, logits, targets[0], targets[1], n.Smoothing, n.ClassWeights)
}

// CrossEntropy is the loss of a classifier: the cross entropy with smoothed labels, and
// with weights of the classes, if there are any, by whose sum it is divided. Logits and
// classes are [batch, classes]; weights are how much each picture counts.
func CrossEntropy(b *graph.Builder, logits, classes, weights *graph.Output, smoothing float64, classWeights []float32) *Loss {
	number := func(v float64) *graph.Output { return b.Scalar(graph.F32, v) }
	count := classes.Shape[1]
	smooth := classes
	if smoothing > 0 {
		smooth = b.Add(b.Mul(classes, number(1-smoothing)), number(smoothing/float64(count)))
	}
	logs := b.Neg(b.LogSoftmax(logits, 1))
	each := b.Sum(b.Mul(logs, classes), false, 1)
	important := b.Sum(classes, false, 1)
	if classWeights != nil {
		w := b.Float32s("", graph.Shape{1, count}, classWeights...)
		smooth, important = b.Mul(smooth, w), b.Sum(b.Mul(classes, w), false, 1)
	}
	loss := b.Sum(b.Mul(b.Sum(b.Mul(logs, smooth), false, 1), weights), false, 0)
	const nothing = 1e-12 // where no picture of a batch counts
	total := b.Div(loss, b.Maximum(b.Sum(b.Mul(important, weights), false, 0), number(nothing)))
	return &Loss{Total: total, Parts: []Named{{"classes", total}}, Each: each, Logits: logits}
}
