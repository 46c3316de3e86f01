package network

import "datum/graph"

// An architecture is how the layers of a network are connected.
type architecture struct {
	name        string
	task        Task
	mean, scale [3]float32 // of the pictures' channels
	// build adds the layers. A detector's features are scores and distances for each
	// level in turn, a classifier's are its logits.
	build func(l *layers, x *graph.Output, n *Network) []*graph.Output
}

var (
	half      = [3]float32{128, 128, 128}
	quarter   = [3]float32{64, 64, 64}
	imageNet  = [3]float32{123.675, 116.28, 103.53}
	deviation = [3]float32{58.395, 57.12, 57.375}
)

var architectures = []architecture{
	{"detection-nano", Detection, half, quarter, nano},
	{"detection-small", Detection, half, quarter, small},
	{"classification-small", Classification, half, quarter, smallClassifier},
	{"resnet18", Classification, imageNet, deviation, resnet18},
}

// Architectures lists those for a task, or all of them where it is empty.
func Architectures(task Task) []string {
	var names []string
	for i := range architectures {
		if task == "" || architectures[i].task == task {
			names = append(names, architectures[i].name)
		}
	}
	return names
}

func find(name string) *architecture {
	for i := range architectures {
		if architectures[i].name == name {
			return &architectures[i]
		}
	}
	return nil
}
