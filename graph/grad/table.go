package grad

import (
	"sync"

	"datum/graph"
)

var (
	rules     map[string]rule
	rulesOnce sync.Once
)

// ruleOf is the rule for an operation.
func ruleOf(n *graph.Node) (rule, bool) {
	rulesOnce.Do(func() {
		rules = map[string]rule{}
		for _, topic := range []func(map[string]rule){
			elementwiseRules, activationRules, linearRules, reductionRules, normalisationRules, poolRules, movingRules, indexRules, resizeRules, recurrentRules, iterateRules,
		} {
			topic(rules)
		}
	})
	r, ok := rules[n.Type]
	return r, ok
}

// whole is a rule that wants the whole gradient, spread one that does with one
// that is 1 along dimensions where it is all the same.
func whole(from func(*step)) rule  { return rule{from, false} }
func spread(from func(*step)) rule { return rule{from, true} }

// zero is the rule of operations that jump, and are level in between.
func zero(*step) {}

func elementwiseRules(t map[string]rule) {
	t["Add"] = spread(fromAdd)
	t["Subtract"] = spread(fromSubtract)
	t["Multiply"] = spread(fromMultiply)
	t["Divide"] = spread(fromDivide)
	t["Power"] = spread(fromPower)
	t["Maximum"] = spread(fromExtremum)
	t["Minimum"] = spread(fromExtremum)
	t["SquaredDifference"] = spread(fromSquaredDifference)
	t["Mod"] = spread(fromMod)
	t["FloorMod"] = spread(fromMod)
	t["Select"] = spread(fromSelect)
	t["Convert"] = spread(fromConvert)
	t["ConvertLike"] = spread(fromConvert)
	t["Negative"] = spread(fromNegative)
	for _, name := range []string{"Sign", "Floor", "Ceiling", "Round"} {
		t[name] = spread(zero)
	}
	for name, derivative := range derivatives() {
		t[name] = spread(func(s *step) {
			s.give(0, func() *graph.Output { return s.Mul(s.g(), derivative(s, s.x(0), s.y(0))) })
		})
	}
}

func activationRules(t map[string]rule) {
	t["ReLU"] = spread(fromRelu)
	t["PReLU"] = spread(fromPRelu)
	t["Elu"] = spread(fromElu)
	t["Selu"] = spread(fromSelu)
	t["Swish"] = spread(fromSwish)
	t["Clamp"] = spread(fromClamp)
	t["HSigmoid"] = spread(fromHSigmoid)
	t["HardSigmoid"] = spread(fromHardSigmoid)
	t["FakeQuantize"] = spread(fromFakeQuantize)
	t["SoftMax"] = whole(fromSoftmax)
	t["LogSoftmax"] = whole(fromLogSoftmax)
}

func linearRules(t map[string]rule) {
	t["MatMul"] = whole(fromMatMul)
	t["Convolution"] = whole(fromConvolution)
	t["GroupConvolution"] = whole(fromGroupConvolution)
	t["ConvolutionBackpropData"] = whole(fromConvolutionBack)
	t["GroupConvolutionBackpropData"] = whole(fromGroupConvolutionBack)
	t["ScaledDotProductAttention"] = parts(attention)
}

func reductionRules(t map[string]rule) {
	t["ReduceSum"] = whole(fromSum)
	t["ReduceMean"] = whole(fromMean)
	t["ReduceMax"] = whole(fromGreatest)
	t["ReduceMin"] = whole(fromGreatest)
	t["ReduceProd"] = whole(fromProduct)
	t["ReduceL1"] = whole(fromL1)
	t["ReduceL2"] = whole(fromL2)
	t["CumSum"] = whole(fromCumSum)
}

func normalisationRules(t map[string]rule) {
	t["BatchNormInference"] = whole(fromBatchNorm)
	t["MVN"] = whole(fromMVN)
	t["NormalizeL2"] = whole(fromNormalizeL2)
}

func poolRules(t map[string]rule) {
	t["MaxPool"] = whole(fromMaxPool)
	t["AvgPool"] = whole(fromAvgPool)
	t["ExtractImagePatches"] = whole(fromPatches)
}

func recurrentRules(t map[string]rule) {
	t["GRUCell"] = parts(gruCell)
	t["AUGRUCell"] = parts(gruCell)
	t["LSTMCell"] = parts(lstmCell)
	t["RNNCell"] = parts(rnnCell)
	t["GRUSequence"] = sequence(cell{"GRUCell", 1, gruCell})
	t["AUGRUSequence"] = sequence(cell{"AUGRUCell", 1, gruCell})
	t["RNNSequence"] = sequence(cell{"RNNCell", 1, rnnCell})
	t["LSTMSequence"] = sequence(cell{"LSTMCell", 2, lstmCell})
}

func movingRules(t map[string]rule) {
	t["Reshape"] = whole(fromReshape)
	t["Squeeze"] = whole(fromReshape)
	t["Unsqueeze"] = whole(fromReshape)
	t["Transpose"] = whole(fromTranspose)
	t["Broadcast"] = spread(fromBroadcast)
	t["Concat"] = whole(fromConcat)
	t["Split"] = whole(fromSplit)
	t["VariadicSplit"] = whole(fromSplit)
	t["Slice"] = whole(fromSlice)
	t["StridedSlice"] = whole(fromStridedSlice)
	t["Pad"] = whole(fromPad)
	t["Tile"] = whole(fromTile)
	t["DepthToSpace"] = whole(fromDepthToSpace)
	t["SpaceToDepth"] = whole(fromSpaceToDepth)
	t["ReverseSequence"] = whole(fromReverseSequence)
	t["ShuffleChannels"] = whole(fromShuffleChannels)
	t["Roll"] = whole(fromRoll)
}

func indexRules(t map[string]rule) {
	t["Gather"] = whole(fromGather)
	t["GatherElements"] = whole(fromGatherElements)
	t["GatherND"] = whole(fromGatherND)
	t["ScatterUpdate"] = whole(fromScatterUpdate)
	t["ScatterElementsUpdate"] = whole(fromScatterElements)
	t["ScatterNDUpdate"] = whole(fromScatterND)
	t["TopK"] = whole(fromTopK)
	t["OneHot"] = whole(fromOneHot)
}

func resizeRules(t map[string]rule) {
	t["Interpolate"] = whole(fromInterpolate)
}

func iterateRules(t map[string]rule) {
	t["TensorIterator"] = whole(fromIterator)
	t["Loop"] = whole(fromIterator)
}
