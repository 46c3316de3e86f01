//go:build !cgo || !linux

package capi

import "unsafe"

// What follows has the names and types of what the other build has, where they are
// described. None of it is reached: package openvino makes no call before Open has
// succeeded.

// handle stands for an object of the runtime, of which there is none in this build.
type handle struct{ _ byte }

// The objects of the runtime.
type (
	Core         = *handle
	Model        = *handle
	Compiled     = *handle
	Request      = *handle
	Tensor       = *handle
	Preprocessor = *handle
	Input        = *handle
)

func Open(string) (function, problem string) { return "", Missing }
func Silence()                               {}
func Version() (string, Status)              { return "", unavailable }
func LastError() string                      { return Missing }

func CoreCreate() (Core, Status)                          { return nil, unavailable }
func CoreFree(Core)                                       {}
func CoreProperty(Core, string, string) (string, Status)  { return "", unavailable }
func CoreSetProperties(Core, string, []Property) Status   { return unavailable }
func CoreDevices(Core) ([]string, Status)                 { return nil, unavailable }
func CoreAddExtension(Core, string) Status                { return unavailable }
func CoreReadFile(Core, string) (Model, Status)           { return nil, unavailable }
func CoreReadMemory(Core, []byte, Tensor) (Model, Status) { return nil, unavailable }
func CoreImport(Core, Tensor, string) (Compiled, Status)  { return nil, unavailable }
func CoreCompile(Core, Model, string, []Property) (Compiled, Status) {
	return nil, unavailable
}

func ModelFree(Model)                                    {}
func ModelPorts(Model, bool) ([]Port, Status)            { return nil, unavailable }
func ModelReshape(Model, []string, [][]Dim) Status       { return unavailable }
func CompiledPorts(Compiled, bool) ([]Port, Status)      { return nil, unavailable }
func CompiledProperty(Compiled, string) (string, Status) { return "", unavailable }
func CompiledExport(Compiled, string) Status             { return unavailable }
func CompiledRequest(Compiled) (Request, Status)         { return nil, unavailable }
func CompiledFree(Compiled)                              {}

func RequestFree(Request)                            {}
func RequestSetInput(Request, int, Tensor) Status    { return unavailable }
func RequestSetOutput(Request, int, Tensor) Status   { return unavailable }
func RequestSetNamed(Request, string, Tensor) Status { return unavailable }
func RequestInput(Request, int) (Tensor, Status)     { return nil, unavailable }
func RequestOutput(Request, int) (Tensor, Status)    { return nil, unavailable }
func RequestInfer(Request) (Status, string)          { return unavailable, Missing }
func RequestStart(Request) Status                    { return unavailable }
func RequestWait(Request) (Status, string)           { return unavailable, Missing }
func RequestCancel(Request)                          {}
func RequestProfile(Request) ([]Layer, Status)       { return nil, unavailable }

func PreprocessorCreate(Model) (Preprocessor, Status)      { return nil, unavailable }
func PreprocessorBuild(Preprocessor) (Model, Status)       { return nil, unavailable }
func PreprocessorFree(Preprocessor)                        {}
func OutputElement(Preprocessor, int, int) Status          { return unavailable }
func InputCreate(Preprocessor, int) (Input, Status)        { return nil, unavailable }
func InputFree(Input)                                      {}
func InputElement(Input, int) Status                       { return unavailable }
func InputLayout(Input, string) Status                     { return unavailable }
func InputColor(Input, int) Status                         { return unavailable }
func InputSize(Input, int, int) Status                     { return unavailable }
func InputModelLayout(Input, string) Status                { return unavailable }
func StepElement(Input, int) Status                        { return unavailable }
func StepLayout(Input, string) Status                      { return unavailable }
func StepColor(Input, int) Status                          { return unavailable }
func StepResize(Input, int) Status                         { return unavailable }
func StepMean(Input, []float32) Status                     { return unavailable }
func StepScale(Input, []float32) Status                    { return unavailable }
func StepCrop(Input, []int32, []int32) Status              { return unavailable }
func StepPad(Input, []int32, []int32, float32, int) Status { return unavailable }
func StepReverseChannels(Input) Status                     { return unavailable }

func TensorCreate(int, []int) (Tensor, Status)               { return nil, unavailable }
func TensorOver(int, []int, unsafe.Pointer) (Tensor, Status) { return nil, unavailable }
func TensorStrings([]string, []int) (Tensor, Status)         { return nil, unavailable }
func TensorFree(Tensor)                                      {}
func TensorElement(Tensor) int                               { return 0 }
func TensorShape(_ Tensor, dims []int) []int                 { return dims }
func TensorSetShape(Tensor, []int) Status                    { return unavailable }
func TensorData(Tensor) (unsafe.Pointer, int)                { return nil, 0 }
