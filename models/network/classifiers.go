package network

import (
	"strconv"

	"datum/graph"
)

// smallClassifier is a classifier of plain convolutions where the picture is large and
// there are few channels, whose widening would cost most of the time, and of inverted
// bottlenecks behind.
func smallClassifier(l *layers, x *graph.Output, n *Network) []*graph.Output {
	x = l.normal(x, "stem", filter{out: 24, size: 3, stride: n.firstStride()})
	x = l.residual(l.normal(x, "stage1.down", filter{out: 32, size: 3, stride: 2}), "stage1.0")
	x = l.stage(x, "stage2", 48, 2)
	x = l.stage(x, "stage3", 96, 3)
	x = l.stage(x, "stage4", 160, 2)
	x = l.normal(x, "last", filter{out: 320, size: 1, stride: 1})
	return []*graph.Output{l.classify(x, "classifier", n.Classes)}
}

// tiny is the side of pictures of which nothing may be thrown away at the beginning.
const tiny = 64

func (n *Network) firstStride() int64 {
	if min(n.Width, n.Height) <= tiny {
		return 1
	}
	return 2
}

// resnet18 is the network of that name, as it is known, so that others can be compared
// with it. For tiny pictures it begins with one plain convolution, as is the custom.
func resnet18(l *layers, x *graph.Output, n *Network) []*graph.Output {
	if n.firstStride() == 1 {
		x = l.normal(x, "stem", filter{out: 64, size: 3, stride: 1, activation: relu})
	} else {
		x = l.normal(x, "stem", filter{out: 64, size: 7, stride: 2, activation: relu})
		x, _ = l.MaxPool(x, []int64{3, 3}, graph.Pad(2, 1))
	}
	for i, out := range []int64{64, 128, 256, 512} {
		for j := range 2 {
			stride := int64(1)
			if i > 0 && j == 0 {
				stride = 2
			}
			x = l.basic(x, "stage"+strconv.Itoa(i+1)+"."+strconv.Itoa(j), out, stride)
		}
	}
	return []*graph.Output{l.classify(x, "classifier", n.Classes)}
}

// basic is the block of a small ResNet.
func (l *layers) basic(x *graph.Output, name string, out, stride int64) *graph.Output {
	h := l.normal(x, name+".1", filter{out: out, size: 3, stride: stride, activation: relu})
	h = l.normal(h, name+".2", filter{out: out, size: 3, stride: 1, activation: linear})
	if stride != 1 || channels(x) != out {
		x = l.normal(x, name+".shortcut", filter{out: out, size: 1, stride: stride, activation: linear})
	}
	return l.Relu(l.Add(h, x))
}
