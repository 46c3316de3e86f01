package network

import "datum/graph"

// detectionTargets are what package target makes, for a batch.
func (n *Network) detectionTargets() []Input {
	batch, points, boxes := int64(n.Batch), int64(n.Grid.Points()), int64(n.Boxes)
	return []Input{
		{"heatmap", graph.F32, graph.Shape{batch, int64(n.Classes), points}},
		{"boxes", graph.F32, graph.Shape{batch, 4, points}},
		{"weights", graph.F32, graph.Shape{batch, 1, points}},
		{"focus", graph.F32, graph.Shape{batch, 1, points}},
		{"box_points", graph.I32, graph.Shape{batch, boxes}},
		{"box_classes", graph.I32, graph.Shape{batch, boxes}},
	}
}

// detectionLoss is that of the scores plus that of the boxes, each divided by how many
// things there are in the batch.
func (n *Network) detectionLoss(b *graph.Builder, features, targets []*graph.Output) *Loss {
	scores, distances := halves(features)
	heatmap, boxes, weights, focus := targets[0], targets[1], targets[2], targets[3]
	logits := joined(b, scores)
	found, missing, centre := focal(b, logits, heatmap)
	apart := overlapLoss(b, n.corners(b, joined(b, distances)), boxes)

	all := []int64{0, 1, 2}
	things := b.Maximum(b.Sum(b.Mul(centre, focus), false, all...), b.Scalar(graph.F32, 1))
	scoreLoss := b.Div(b.Sum(b.Mul(b.Add(found, missing), focus), false, all...), things)
	boxLoss := b.Div(b.Sum(b.Mul(apart, weights), false, all...), things)
	l := &Loss{Total: b.Add(scoreLoss, boxLoss), Parts: []Named{{"scores", scoreLoss}, {"boxes", boxLoss}}}
	n.eachBox(b, l, logits, found, apart, targets[4], targets[5])
	return l
}

// focal is the loss of CenterNet's heat maps: of centres, the less sure the more; of
// other points, the surer the more, but little beside a centre. It returns both
// apart, and where the centres are.
func focal(b *graph.Builder, logits, heatmap *graph.Output) (found, missing, centre *graph.Output) {
	const exactly = 0.9999
	one := b.Scalar(graph.F32, 1)
	centre = b.Convert(b.GreaterEqual(heatmap, b.Scalar(graph.F32, exactly)), graph.F32)
	p := b.Sigmoid(logits)
	q := b.Sub(one, p)
	away := b.Sub(one, heatmap)
	away = b.Mul(away, away)
	away = b.Mul(away, away)
	found = b.Mul(b.Mul(b.SoftPlus(b.Neg(logits)), b.Mul(q, q)), centre)
	missing = b.Mul(b.Mul(b.SoftPlus(logits), b.Mul(p, p)), away)
	return found, missing, centre
}

// overlapLoss is one less the generalised intersection over union (GIoU): how badly
// two boxes fit, which has a slope where they do not touch, too.
func overlapLoss(b *graph.Builder, box []*graph.Output, boxes *graph.Output) *graph.Output {
	const little = 1e-6 // an area that may be divided by
	zero, tiny := b.Scalar(graph.F32, 0), b.Scalar(graph.F32, little)
	other := b.Split(boxes, 1, 4)
	if len(other) != 4 { // after an error
		return boxes
	}
	area := func(c []*graph.Output) *graph.Output { return b.Mul(b.Sub(c[2], c[0]), b.Sub(c[3], c[1])) }
	width := b.Maximum(b.Sub(b.Minimum(box[2], other[2]), b.Maximum(box[0], other[0])), zero)
	height := b.Maximum(b.Sub(b.Minimum(box[3], other[3]), b.Maximum(box[1], other[1])), zero)
	both := b.Mul(width, height)
	union := b.Sub(b.Add(area(box), area(other)), both)
	hull := b.Mul(b.Sub(b.Maximum(box[2], other[2]), b.Minimum(box[0], other[0])), b.Sub(b.Maximum(box[3], other[3]), b.Minimum(box[1], other[1])))
	giou := b.Sub(b.Div(both, b.Add(union, tiny)), b.Div(b.Sub(hull, union), b.Add(hull, tiny)))
	return b.Sub(b.Scalar(graph.F32, 1), giou)
}

// eachBox looks up what concerns each box at its point. The loss is 0 of one that has
// none.
func (n *Network) eachBox(b *graph.Builder, l *Loss, logits, found, apart, points, classes *graph.Output) {
	batch, count, boxes := int64(n.Batch), int64(n.Grid.Points()), int64(n.Boxes)
	zero := b.Ints("", graph.I32, graph.Shape{}, 0)
	there := b.GreaterEqual(classes, zero)
	at := b.Add(b.Mul(b.Maximum(classes, zero), b.Ints("", graph.I32, graph.Shape{}, count)), points)
	score := b.GatherElements(b.Reshape(found, batch, -1), at, 1)
	l.Apart = b.GatherElements(b.Reshape(apart, batch, count), points, 1)
	l.Each = b.Select(there, b.Add(score, l.Apart), b.Scalar(graph.F32, 0))
	everyClass := b.Broadcast(b.Reshape(points, batch, 1, boxes), batch, int64(n.Classes), boxes)
	l.Logits = b.GatherElements(logits, everyClass, 2)
}
