"""Says what OpenVINO makes of models: for each .xml of a folder, a line of JSON
with the types and shapes of its outputs, what shapes the CPU made when it ran it,
and how much it differs from what numpy computes."""
import json
import pathlib
import sys

import numpy as np
import openvino as ov
from reference import REFERENCES, difference, sample

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
            random = np.random.default_rng(len(path.stem))
            inputs = [sample(i, 3, random) for i in compiled.inputs]
            result = [compiled(inputs)[o] for o in compiled.outputs]
            line["ran"] = [list(r.shape) for r in result]
            if path.stem in REFERENCES:
                want = REFERENCES[path.stem](*inputs)
                if len(want) != len(result):
                    raise ValueError(f"{len(want)} references for {len(result)} outputs")
                line["differences"] = [difference(g, w) for g, w in zip(result, want)]
    except Exception as e:  # the test shows it
        line["error"] = repr(e)[:600]
    print(json.dumps(line))
