package graph

// sizeRules are of operations that the table of [knownOps] does not have, whose
// size hangs on numbers in the file. Nothing is compared with what they say: only
// that a tensor of that size can be.
func sizeRules() map[string]rule {
	return map[string]rule{
		"Eye": eyeSize, "AdaptiveAvgPool": adaptiveSize, "AdaptiveMaxPool": adaptiveSize, "SpaceToBatch": batchSize,
		"ROIAlign": regionSize, "ROIAlignRotated": regionSize, "ROIPooling": regionSize, "PSROIPooling": regionSize, "Multinomial": sampleSize,
		"DFT": fourierSize, "IDFT": fourierSize, "RDFT": fourierSize, "IRDFT": fourierSize,
		"PriorBox": priorSize, "PriorBoxClustered": priorSize, "EmbeddingSegmentsSum": segmentSize,
	}
}

// value is the only value of an input, -1 where that is not known.
func (x *inference) value(i int) int64 {
	if v, ok := x.all(i); ok && len(v) == 1 {
		return max(v[0], -1)
	}
	return -1
}

func eyeSize(x *inference) []tensor {
	s := Shape{}
	if batch := x.shapeFrom(3); x.has(3) && batch.Ranked() {
		s = batch
	}
	return one(x.typ("output_type", F32), append(s.Clone(), x.value(0), x.value(1)))
}

func adaptiveSize(x *inference) []tensor {
	in, asked := x.shape(0), x.shapeFrom(1)
	if !in.Ranked() || !asked.Ranked() || len(in) < 2 {
		return nil
	}
	return one(x.element(0), append(in[:2].Clone(), asked...))
}

func batchSize(x *inference) []tensor {
	s := x.shape(0).Clone()
	for _, i := range []int{2, 3} {
		pads, ok := x.all(i)
		if !ok || !s.Ranked() || len(pads) != len(s) {
			return nil
		}
		for k, n := range pads {
			if s[k] >= 0 {
				s[k] = max(x.plus(s[k], n), 0)
			}
		}
	}
	return one(x.element(0), s)
}

func regionSize(x *inference) []tensor {
	s := Shape{}
	if regions := x.shape(1); regions.Ranked() && len(regions) > 0 {
		s = append(s, regions[0])
	}
	for _, name := range []string{"pooled_h", "pooled_w", "output_dim"} {
		s = append(s, max(x.int(name, 1), 0))
	}
	n := max(x.int("group_size", 1), 0)
	return one(x.element(0), append(s, n, n))
}

func sampleSize(x *inference) []tensor { return one(I32, Shape{x.value(1)}) }

func fourierSize(x *inference) []tensor {
	s := x.shape(0).Clone()
	axes, ok1 := x.all(1)
	sizes, ok2 := x.all(2)
	if !s.Ranked() || !ok1 || !ok2 || len(axes) != len(sizes) {
		return nil
	}
	for k, a := range axes {
		if i := x.axis(a, len(s)); sizes[k] >= 0 {
			s[i] = sizes[k]
		}
	}
	return one(x.element(0), s)
}

func priorSize(x *inference) []tensor {
	if s := x.shapeFrom(0); s.Ranked() {
		return one(F32, append(s.Clone(), 2, 4))
	}
	return nil
}

func segmentSize(x *inference) []tensor {
	s := x.shape(0)
	if n := x.value(3); s.Ranked() && len(s) > 0 && n >= 0 {
		return one(x.element(0), append(Shape{n}, s[1:]...))
	}
	return nil
}
