package openvino_test

import (
	"context"
	"fmt"
	"log"
	"os"

	"datum/openvino"
)

// A picture goes through a detector: what the picture is like and what the model wants is
// said once, and the graph does the rest.
func Example() {
	dir, pixels := os.Getenv("OPENVINO_DIR"), []byte{ /* height × width × RGB */ }
	if dir == "" {
		return
	}
	if err := openvino.Load(dir); err != nil {
		log.Fatal(err)
	}
	core, err := openvino.Default()
	if err != nil {
		log.Fatal(err)
	}
	model, err := core.ReadFile("yunet.onnx")
	if err != nil {
		log.Fatal(err)
	}
	defer model.Close()
	err = model.Preprocess(openvino.Preprocessing{
		Element: openvino.U8, Layout: "NHWC", Color: openvino.RGB, Height: 1080, Width: 1920,
		ModelLayout: "NCHW",
		Steps: []openvino.Step{
			openvino.ToElement(openvino.F32), openvino.ToColor(openvino.BGR), openvino.Resize(openvino.Linear),
		},
	})
	if err != nil {
		log.Fatal(err)
	}
	compiled, err := core.Compile(model, openvino.CompileOptions{Hint: openvino.Latency})
	if err != nil {
		log.Fatal(err)
	}
	defer compiled.Close()
	request, err := compiled.NewRequest()
	if err != nil {
		log.Fatal(err)
	}
	defer request.Close()
	input, err := request.Input(0)
	if err != nil {
		log.Fatal(err)
	}
	copy(input.Uint8s(), pixels)
	if err := request.Infer(context.Background()); err != nil {
		log.Fatal(err)
	}
	output, err := request.Output(0)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(output.Shape(), output.Float32s()[:3])
}
