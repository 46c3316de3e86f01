package graph

import "sync"

// internalOpset is the version of operations that OpenVINO's own plugins use
// and its reader takes.
const internalOpset = "ie_internal_opset"

var (
	opTable map[string]*op
	opsOnce sync.Once
)

// knownOps is the table of operations, by the name that files have. It is made
// when the first is asked for: programs that have no model do without.
func knownOps() map[string]*op {
	opsOnce.Do(func() {
		opTable = map[string]*op{}
		for _, add := range []func(map[string]*op){basicOps, elementwiseOps, linearOps, reductionOps, movingOps, indexOps, normOps, recurrentOps, controlOps} {
			add(opTable)
		}
	})
	return opTable
}

func basicOps(t map[string]*op) {
	t["Parameter"] = &op{"opset1", 0, 0, need("shape:shape element_type:type"), inferParameter}
	t["Const"] = &op{"opset1", 0, 0, need("shape:shape element_type:type offset:int size:int"), inferConst}
	t["Result"] = &op{"opset1", 1, 1, nil, func(x *inference) []tensor { return []tensor{} }}
	t["Convert"] = &op{"opset1", 1, 1, need("destination_type:type"), inferConvert}
	t["ConvertLike"] = &op{"opset1", 2, 2, nil, func(x *inference) []tensor { return one(x.element(1), x.shape(0)) }}
	t["ShapeOf"] = &op{"opset3", 1, 1, may("output_type:type"), inferShapeOf}
	t["NonZero"] = &op{"opset3", 1, 1, may("output_type:type"), inferNonZero}
	t["ReadValue"] = &op{"opset6", 0, 1, both(need("variable_id"), need("variable_type:type@6 variable_shape:shape@6")), inferReadValue}
	t["Assign"] = &op{"opset6", 1, 1, need("variable_id"), likeFirst}
	t["Range"] = &op{"opset4", 3, 3, may("output_type:type"), inferRange}
	t["RandomUniform"] = &op{"opset8", 3, 3, both(need("output_type:type"), may("global_seed:int op_seed:int alignment")), inferRandom}
}

func elementwiseOps(t map[string]*op) {
	for name, version := range map[string]string{
		"Add": "opset1", "Subtract": "opset1", "Multiply": "opset1", "Divide": "opset1", "Power": "opset1", "Maximum": "opset1",
		"Minimum": "opset1", "SquaredDifference": "opset1", "Mod": "opset1", "FloorMod": "opset1",
	} {
		t[name] = &op{version, 2, 2, may("auto_broadcast m_pythondiv:bool"), inferBinary}
	}
	for _, name := range []string{"Equal", "NotEqual", "Greater", "GreaterEqual", "Less", "LessEqual"} {
		t[name] = &op{"opset1", 2, 2, may("auto_broadcast"), inferComparison}
	}
	for _, name := range []string{"LogicalAnd", "LogicalOr", "LogicalXor"} {
		t[name] = &op{"opset1", 2, 2, may("auto_broadcast"), inferComparison}
	}
	t["LogicalNot"] = &op{"opset1", 1, 1, nil, likeFirst}
	for name, version := range map[string]string{
		"ReLU": "opset1", "Sigmoid": "opset1", "Tanh": "opset1", "Exp": "opset1", "Log": "opset1", "Sqrt": "opset1", "Abs": "opset1",
		"Negative": "opset1", "Sign": "opset1", "Floor": "opset1", "Ceiling": "opset1", "Sin": "opset1", "Cos": "opset1", "Tan": "opset1", "Erf": "opset1",
		"SoftPlus": "opset4", "Mish": "opset4", "HSwish": "opset4", "HSigmoid": "opset5", "SoftSign": "opset9",
	} {
		t[name] = &op{version, 1, 1, nil, likeFirst}
	}
	t["Gelu"] = &op{"opset7", 1, 1, may("approximation_mode"), likeFirst}
	t["Elu"] = &op{"opset1", 1, 1, need("alpha:float"), likeFirst}
	t["Clamp"] = &op{"opset1", 1, 1, need("min:float max:float"), likeFirst}
	t["Round"] = &op{"opset5", 1, 1, may("mode"), likeFirst}
	t["Swish"] = &op{"opset4", 1, 2, nil, likeFirst}
	t["PReLU"] = &op{"opset1", 2, 2, nil, inferPRelu}
	t["HardSigmoid"] = &op{"opset1", 3, 3, nil, likeFirst}
	t["Selu"] = &op{"opset1", 3, 3, nil, likeFirst}
	t["Select"] = &op{"opset1", 3, 3, may("auto_broadcast"), inferSelect}
	t["FakeQuantize"] = &op{"opset1", 5, 5, both(need("levels:int"), may("auto_broadcast")), inferFakeQuantize}
}

func linearOps(t map[string]*op) {
	window := need("strides:ints pads_begin:ints pads_end:ints dilations:ints")
	t["MatMul"] = &op{"opset1", 2, 2, may("transpose_a:bool transpose_b:bool"), inferMatMul}
	t["Convolution"] = &op{"opset1", 2, 2, both(window, may("auto_pad")), inferConvolution}
	t["GroupConvolution"] = &op{"opset1", 2, 2, both(window, may("auto_pad")), inferConvolution}
	t["ConvolutionBackpropData"] = &op{"opset1", 2, 3, both(window, may("auto_pad output_padding:ints")), inferDeconvolution}
	t["GroupConvolutionBackpropData"] = &op{"opset1", 2, 3, both(window, may("auto_pad output_padding:ints")), inferDeconvolution}
	pool := need("strides:ints pads_begin:ints pads_end:ints kernel:ints")
	t["MaxPool"] = &op{"opset8", 1, 1, both(pool, both(need("dilations:ints@8"), may("rounding_type auto_pad index_element_type:type axis:int"))), inferPool}
	t["AvgPool"] = &op{"opset1", 1, 1, both(pool, both(need("exclude-pad:bool"), may("rounding_type auto_pad"))), inferPool}
	t["ExtractImagePatches"] = &op{"opset3", 1, 1, need("sizes:ints strides:ints rates:ints auto_pad"), inferPatches}
	t["Interpolate"] = &op{"opset11", 2, 4, both(need("mode shape_calculation_mode@4"), may("axes:ints coordinate_transformation_mode nearest_mode align_corners:bool antialias:bool pads_begin:ints pads_end:ints cube_coeff:float")), inferInterpolate}
	t["ScaledDotProductAttention"] = &op{"opset13", 3, 6, need("causal:bool"), inferAttention}
}

func reductionOps(t map[string]*op) {
	for name, version := range map[string]string{
		"ReduceSum": "opset1", "ReduceMean": "opset1", "ReduceMax": "opset1", "ReduceMin": "opset1", "ReduceProd": "opset1",
		"ReduceL1": "opset4", "ReduceL2": "opset4", "ReduceLogicalAnd": "opset1", "ReduceLogicalOr": "opset1",
	} {
		t[name] = &op{version, 2, 2, may("keep_dims:bool"), inferReduce}
	}
	t["TopK"] = &op{"opset11", 2, 2, both(need("axis:int mode sort"), may("index_element_type:type stable:bool")), inferTopK}
	t["CumSum"] = &op{"opset3", 1, 2, may("exclusive:bool reverse:bool"), likeFirst}
}

func movingOps(t map[string]*op) {
	t["Concat"] = &op{"opset1", 1, many, need("axis:int"), inferConcat}
	t["Split"] = &op{"opset1", 2, 2, need("num_splits:int"), inferSplit}
	t["VariadicSplit"] = &op{"opset1", 3, 3, nil, inferVariadicSplit}
	t["Slice"] = &op{"opset8", 4, 5, nil, inferSlice}
	t["StridedSlice"] = &op{"opset1", 3, 4, both(need("begin_mask:ints end_mask:ints"), may("new_axis_mask:ints shrink_axis_mask:ints ellipsis_mask:ints")), inferStridedSlice}
	t["Pad"] = &op{"opset12", 3, 4, need("pad_mode"), inferPad}
	t["Transpose"] = &op{"opset1", 2, 2, nil, inferTranspose}
	t["Reshape"] = &op{"opset1", 2, 2, need("special_zero:bool"), inferReshape}
	t["Squeeze"] = &op{"opset1", 1, 2, may("allow_axis_skip:bool"), inferSqueeze}
	t["Unsqueeze"] = &op{"opset1", 2, 2, nil, inferUnsqueeze}
	t["Broadcast"] = &op{"opset3", 2, 3, may("mode"), inferBroadcast}
	t["Tile"] = &op{"opset1", 2, 2, nil, inferTile}
	t["DepthToSpace"] = &op{"opset1", 1, 1, need("mode block_size:int"), inferDepthToSpace}
	t["SpaceToDepth"] = &op{"opset1", 1, 1, need("mode block_size:int"), inferDepthToSpace}
	t["ReverseSequence"] = &op{"opset1", 2, 2, may("batch_axis:int seq_axis:int"), likeFirst}
}

func indexOps(t map[string]*op) {
	t["Gather"] = &op{"opset8", 3, 3, may("batch_dims:int"), inferGather}
	t["GatherElements"] = &op{"opset6", 2, 2, need("axis:int"), inferGatherElements}
	t["GatherND"] = &op{"opset8", 2, 2, may("batch_dims:int"), inferGatherND}
	t["ScatterUpdate"] = &op{"opset3", 4, 4, nil, inferScatter}
	t["ScatterElementsUpdate"] = &op{"opset12", 4, 4, may("reduction use_init_val:bool"), inferScatter}
	t["ScatterNDUpdate"] = &op{"opset15", 3, 3, may("reduction"), inferScatter}
	t["OneHot"] = &op{"opset1", 4, 4, both(need("axis:int"), may("negative_indices_mode")), inferOneHot}
}

func normOps(t map[string]*op) {
	t["SoftMax"] = &op{"opset8", 1, 1, need("axis:int"), inferSoftmax}
	t["LogSoftmax"] = &op{"opset5", 1, 1, need("axis:int"), inferSoftmax}
	t["MVN"] = &op{"opset6", 1, 2, both(need("eps:float normalize_variance:bool"), may("eps_mode across_channels:bool")), likeFirst}
	t["NormalizeL2"] = &op{"opset1", 2, 2, need("eps:float eps_mode"), likeFirst}
	t["BatchNormInference"] = &op{"opset5", 5, 5, need("epsilon:float"), inferBatchNorm}
}

func recurrentOps(t map[string]*op) {
	cell := both(need("hidden_size:int activations"), may("activations_alpha activations_beta clip:float linear_before_reset:bool"))
	sequence := both(need("direction"), cell)
	t["GRUCell"] = &op{"opset3", 5, 5, cell, inferCell}
	t["LSTMCell"] = &op{"opset4", 6, 6, cell, inferCell}
	t["RNNCell"] = &op{"opset1", 5, 5, cell, inferCell}
	t["AUGRUCell"] = &op{internalOpset, 6, 6, cell, inferCell}
	t["GRUSequence"] = &op{"opset5", 6, 6, sequence, inferSequence}
	t["LSTMSequence"] = &op{"opset5", 7, 7, sequence, inferSequence}
	t["RNNSequence"] = &op{"opset5", 6, 6, sequence, inferSequence}
	t["AUGRUSequence"] = &op{internalOpset, 7, 7, sequence, inferSequence}
}

func controlOps(t map[string]*op) {
	t["TensorIterator"] = &op{"opset1", 0, many, nil, inferIterator}
	t["Loop"] = &op{"opset5", 2, many, nil, inferIterator}
	t["If"] = &op{"opset8", 1, many, nil, inferIf}
}
