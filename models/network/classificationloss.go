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

// classificationLoss is the cross entropy with smoothed labels, and with weights of
// the classes, by whose sum it is divided.
func (n *Network) classificationLoss(b *graph.Builder, logits *graph.Output, targets []*graph.Output) *Loss {
	classes, weights := targets[0], targets[1]
	number := func(v float64) *graph.Output { return b.Scalar(graph.F32, v) }
	smooth := classes
	if n.Smoothing > 0 {
		smooth = b.Add(b.Mul(classes, number(1-n.Smoothing)), number(n.Smoothing/float64(n.Classes)))
	}
	logs := b.Neg(b.LogSoftmax(logits, 1))
	each := b.Sum(b.Mul(logs, classes), false, 1)
	important := b.Sum(classes, false, 1)
	if n.ClassWeights != nil {
		w := b.Float32s("", graph.Shape{1, int64(n.Classes)}, n.ClassWeights...)
		smooth, important = b.Mul(smooth, w), b.Sum(b.Mul(classes, w), false, 1)
	}
	loss := b.Sum(b.Mul(b.Sum(b.Mul(logs, smooth), false, 1), weights), false, 0)
	const nothing = 1e-12 // where no picture of a batch counts
	total := b.Div(loss, b.Maximum(b.Sum(b.Mul(important, weights), false, 0), number(nothing)))
	return &Loss{Total: total, Parts: []Named{{"classes", total}}, Each: each}
}
