package grad_test

import "datum/graph"

// chosen is a sample of what takes parts of x at places that are an input.
func chosen(name, torch string, x, at input, f func(b builder, x, at output) output) sample {
	return sample{name, torch, inputs(x, at), single(func(b builder, x []output) output { return f(b, x[0], x[1]) })}
}

func indexSamples() []sample {
	top := func(name, torch string, x input, k string, attrs ...string) sample {
		return unary("TopK "+name, torch, x, func(b builder, x output) output {
			n := b.AddNode("TopK", "", append(attr("index_element_type", "i32"), attr(attrs...)...), x, b.Int64(int64(k[0]-'0')))
			if n == nil {
				return x
			}
			return n.Output(0)
		})
	}
	return []sample{
		chosen("Gather of rows", "F.embedding(i, x)", number("x", 11, 6), index(0, 11, "i", 6, 7), func(b builder, x, at output) output { return b.Gather(x, at, 0) }),
		chosen("Gather of planes", "x[i]", number("x", 4, 3, 2, 2), index(0, 4, "i", 9), func(b builder, x, at output) output { return b.Gather(x, at, 0) }),
		chosen("Gather from the end", "x[i]", number("x", 5, 3), index(-5, 5, "i", 8), func(b builder, x, at output) output { return b.Gather(x, at, 0) }),
		chosen("Gather of a column", "x[:, i]", number("x", 5, 6, 4), index(0, 6, "i", 9), func(b builder, x, at output) output { return b.Gather(x, at, 1) }),
		chosen("Gather of the last axis", "x[:, :, i]", number("x", 5, 3, 4), index(-4, 4, "i", 2, 3), func(b builder, x, at output) output { return b.Gather(x, at, -1) }),
		chosen("Gather of one place", "x[:, i]", number("x", 5, 6, 4), index(0, 6, "i"), func(b builder, x, at output) output { return b.Gather(x, at, 1) }),
		unary("Gather of known places", "x[:, [0, 3, 3, 1]]", number("x", 5, 6, 4), func(b builder, x output) output { return b.Gather(x, b.Int64s(0, 3, 3, 1), 1) }),
		unary("Gather of a vector", "x[[0, 3, 3, -1]]", number("x", 5), func(b builder, x output) output { return b.Gather(x, b.Int64s(0, 3, 3, -1), 0) }),
		chosen("Gather in a batch", "torch.stack([r[k] for r, k in zip(x, i)])", number("x", 4, 5, 3), index(0, 5, "i", 4, 7), func(b builder, x, at output) output { return b.GatherBatch(x, at, 1, 1) }),
		chosen("Gather in a batch, later axis", "torch.stack([r[:, k] for r, k in zip(x, i)])", number("x", 4, 2, 5), index(-5, 5, "i", 4, 7), func(b builder, x, at output) output { return b.GatherBatch(x, at, 2, 1) }),
		chosen("Gather in a batch of two dimensions", "torch.gather(x, 2, i)", number("x", 2, 3, 5), index(0, 5, "i", 2, 3, 7), func(b builder, x, at output) output { return b.GatherBatch(x, at, 2, -1) }),
		chosen("GatherElements", "torch.gather(x, 1, i)", number("x", 5, 6), index(0, 6, "i", 5, 9), func(b builder, x, at output) output { return b.GatherElements(x, at, 1) }),
		chosen("GatherElements, first axis", "torch.gather(x, 0, i)", number("x", 5, 6, 2), index(0, 5, "i", 8, 6, 2), func(b builder, x, at output) output { return b.GatherElements(x, at, 0) }),
		chosen("GatherElements from the end", "torch.gather(x, 1, i % 6)", number("x", 5, 6), index(-6, 6, "i", 5, 4), func(b builder, x, at output) output { return b.GatherElements(x, at, -1) }),
		chosen("GatherND", "x[i[:, 0], i[:, 1]]", number("x", 4, 5, 6), index(0, 4, "i", 9, 2), func(b builder, x, at output) output { return b.GatherND(x, at, 0) }),
		chosen("GatherND of elements", "x[i[..., 0], i[..., 1]]", number("x", 4, 5), index(0, 4, "i", 3, 7, 2), func(b builder, x, at output) output { return b.GatherND(x, at, 0) }),
		chosen("GatherND of rows", "x[i[:, 0]]", number("x", 4, 5), index(0, 4, "i", 9, 1), func(b builder, x, at output) output { return b.GatherND(x, at, 0) }),
		chosen("GatherND in a batch", "torch.stack([r[k[:, 0]] for r, k in zip(x, i)])", number("x", 3, 5, 4), index(0, 5, "i", 3, 6, 1), func(b builder, x, at output) output { return b.GatherND(x, at, 1) }),
		chosen("GatherND in a batch of two dimensions", "torch.stack([torch.stack([q[k[0]] for q, k in zip(r, j)]) for r, j in zip(x, i)]).flatten(0, 1)", number("x", 2, 3, 5, 4), index(0, 5, "i", 2, 3, 1),
			func(b builder, x, at output) output { return b.Reshape(b.GatherND(x, at, 2), 6, 4) }),
		top("", "torch.topk(x, 3, 1)[0]", spaced("x", 4, 20), "3", "axis", "1", "mode", "max", "sort", "value"),
		top("of the least", "torch.topk(x, 4, 1, False)[0]", spaced("x", 4, 9, 2), "4", "axis", "-2", "mode", "min", "sort", "value"),
		top("of the first axis", "torch.topk(x, 2, 0)[0]", spaced("x", 5, 3), "2", "axis", "0", "mode", "max", "sort", "value"),
		top("in the order of the places", "torch.gather(x, 1, torch.topk(x, 3, 1)[1].sort(1)[0])", spaced("x", 4, 20), "3", "axis", "1", "mode", "max", "sort", "index"),
		top("of everything", "torch.sort(x, 1, True)[0]", spaced("x", 3, 7), "7", "axis", "1", "mode", "max", "sort", "value"),
	}
}

func scatterSamples() []sample {
	elements := func(name, torch, reduction string, axis int64, at input) sample {
		return sample{"ScatterElementsUpdate " + name, torch, inputs(number("x", 5, 6), at, number("y", at.shape...)),
			single(func(b builder, x []output) output { return b.ScatterElements(x[0], x[1], x[2], axis, reduction) })}
	}
	nd := func(name, torch, reduction string, x, y input, at input) sample {
		return sample{"ScatterNDUpdate " + name, torch, inputs(x, at, y), single(func(b builder, x []output) output { return b.ScatterND(x[0], x[1], x[2], reduction) })}
	}
	return []sample{
		{"ScatterUpdate of rows", "x.index_copy(0, i, y)", inputs(number("x", 7, 3), places(7, "i", 4), number("y", 4, 3)),
			single(func(b builder, x []output) output { return b.ScatterUpdate(x[0], x[1], x[2], 0) })},
		{"ScatterUpdate of the last axis", "x.index_copy(2, i.flatten(), y.flatten(2))", inputs(number("x", 2, 3, 7), places(7, "i", 1, 4), number("y", 2, 3, 1, 4)),
			single(func(b builder, x []output) output { return b.ScatterUpdate(x[0], x[1], x[2], -1) })},
		elements("", "x.scatter(1, i, y)", "none", 1, places(6, "i", 5, 4)),
		elements("of the first axis", "x.scatter(0, i, y)", "none", 0, index(0, 5, "i", 1, 6)),
		elements("summed", "x.scatter_reduce(1, i, y, 'sum')", "sum", -1, index(0, 6, "i", 5, 9)),
		elements("greatest", "x.scatter_reduce(1, i, y, 'amax')", "max", 1, places(6, "i", 5, 4)),
		{"ScatterElementsUpdate summed without what was there", "x.scatter_reduce(1, i, y, 'sum', include_self=False)", inputs(number("x", 5, 6), index(0, 6, "i", 5, 3), number("y", 5, 3)),
			single(func(b builder, x []output) output {
				return b.Add1("ScatterElementsUpdate", attr("reduction", "sum", "use_init_val", "false"), x[0], x[1], x[2], b.Int64(1))
			})},
		nd("of rows", "x.index_copy(0, i[:, 0], y)", "none", number("x", 7, 3), number("y", 4, 3), input{"i", graph.Shape{4, 1}, places(7, "", 4).draw, true}),
		nd("summed", "x.index_put((i[:, 0], i[:, 1]), y, True)", "sum", number("x", 4, 4, 3), number("y", 9, 3), index(0, 4, "i", 9, 2)),
		nd("subtracted", "x.index_put((i[:, 0],), -y, True)", "sub", number("x", 4, 3), number("y", 9, 3), index(0, 4, "i", 9, 1)),
		nd("of elements", "x.index_put((i[..., 0], i[..., 1]), y, True)", "sum", number("x", 4, 5), number("y", 3, 6), index(0, 4, "i", 3, 6, 2)),
		{"OneHot", "F.one_hot(i, 5) * y + (1 - F.one_hot(i, 5)) * z", inputs(index(0, 5, "i", 3, 4), number("y"), number("z")),
			single(func(b builder, x []output) output { return b.OneHot(x[0], 5, x[1], x[2], -1) })},
	}
}
