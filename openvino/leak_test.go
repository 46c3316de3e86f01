package openvino_test

import (
	"bytes"
	"context"
	"errors"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"datum/internal/openvinotest"
	"datum/openvino"
)

// resident returns the resident memory of the process in kilobytes.
func resident(t testing.TB) int {
	t.Helper()
	runtime.GC()
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := bytes.Cut(status, []byte("VmRSS:"))
	fields := bytes.Fields(rest)
	if len(fields) == 0 {
		t.Fatal("the system does not say how much memory there is")
	}
	kilobytes, err := strconv.Atoi(string(fields[0]))
	if err != nil {
		t.Fatal(err)
	}
	return kilobytes
}

// lifetime makes and closes one of everything, and fails at some things on the way.
func lifetime(ctx context.Context, core *openvino.Core, xml, bin []byte) error {
	model, err := core.Read(xml, bin)
	if err != nil {
		return err
	}
	defer model.Close()
	preprocessing := openvino.Preprocessing{
		Element: openvino.U8, Steps: []openvino.Step{openvino.ToElement(openvino.F32), openvino.Scale(2)},
	}
	if err := model.Preprocess(preprocessing); err != nil {
		return err
	}
	if err := model.Reshape(map[string]openvino.PartialShape{"x": openvino.ShapeOf(7, 7)}); err == nil {
		return errors.New("an impossible shape")
	}
	compiled, err := core.Compile(model, openvino.CompileOptions{Profile: true})
	if err != nil {
		return err
	}
	defer compiled.Close()
	var blob bytes.Buffer
	if err := compiled.Export(&blob); err != nil {
		return err
	}
	if _, err := core.Import(blob.Bytes()[:50], openvino.CompileOptions{}); err == nil {
		return errors.New("half of a model was imported")
	}
	imported, err := core.Import(blob.Bytes(), openvino.CompileOptions{Profile: true})
	if err != nil {
		return err
	}
	defer imported.Close()
	return errors.Join(useOnce(ctx, compiled), useOnce(ctx, imported))
}

// useOnce makes a request, runs it and closes it.
func useOnce(ctx context.Context, compiled *openvino.Compiled) error {
	if _, err := compiled.Inputs(); err != nil {
		return err
	}
	request, err := compiled.NewRequest()
	if err != nil {
		return err
	}
	defer request.Close()
	input, err := openvino.NewTensor(openvino.U8, 1000, 3)
	if err != nil {
		return err
	}
	defer input.Close()
	if err := errors.Join(request.SetInput(0, input), request.Infer(ctx)); err != nil {
		return err
	}
	_, err = request.Output(0)
	if _, second := request.Output(1); second == nil {
		return errors.New("a second output")
	}
	_, profileErr := request.Profile()
	return errors.Join(err, profileErr)
}

func TestNothingLeaks(t *testing.T) {
	core := openvinotest.Core(t)
	xml, bin := scaleModel(1, 2, 3)
	before := openvino.InUse()
	for range 30 { // until everything that is made once is there
		if err := lifetime(t.Context(), core, xml, bin); err != nil {
			t.Fatal(err)
		}
	}
	small := resident(t)
	const times = 200
	for range times {
		if err := lifetime(t.Context(), core, xml, bin); err != nil {
			t.Fatal(err)
		}
	}
	large := resident(t)
	if after := openvino.InUse(); after != before {
		t.Errorf("%+v before and %+v after", before, after)
	}
	t.Logf("%d kB became %d kB", small, large)
	// One tensor of each round, forgotten, would be 600 kB, one model several megabytes.
	if grown := large - small; grown > 4*times {
		t.Errorf("%d kB became %d kB in %d rounds", small, large, times)
	}
}

// soakVariable says for how long TestSoak runs, such as 30m.
const soakVariable = "DATUM_SOAK"

func TestSoak(t *testing.T) {
	text := os.Getenv(soakVariable)
	if text == "" {
		t.Skipf("SKIPPED, NOT PASSED: set %s to a time, such as 30m, for a long run", soakVariable)
	}
	duration, err := time.ParseDuration(text)
	if err != nil {
		t.Fatal(err)
	}
	soak(t, duration)
}
