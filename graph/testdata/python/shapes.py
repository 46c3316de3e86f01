"""Says what OpenVINO makes of models: for each .xml of a folder, a line of JSON
with the types and shapes of its outputs, and whether the CPU ran it."""
import json
import pathlib
import sys

import numpy as np
import openvino as ov

core = ov.Core()
core.get_property("CPU", "FULL_DEVICE_NAME")  # loads the plugin, which brings operations of its own
for path in sorted(pathlib.Path(sys.argv[1]).glob("*.xml")):
    line = {"name": path.stem}
    try:
        model = core.read_model(str(path))
        line["outputs"] = [
            {"type": o.get_element_type().to_string(), "shape": o.get_partial_shape().to_string()} for o in model.outputs
        ]
        if not model.is_dynamic():
            compiled = core.compile_model(model, "CPU", {"INFERENCE_PRECISION_HINT": "f32"})
            inputs = [np.ones(list(i.shape), i.get_element_type().to_dtype()) for i in compiled.inputs]
            result = compiled(inputs)
            line["ran"] = [list(result[o].shape) for o in compiled.outputs]
    except Exception as e:  # the test shows it
        line["error"] = str(e)[:600]
    print(json.dumps(line))
