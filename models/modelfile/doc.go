// Package modelfile knows the files that models lie in: OpenVINO's IR (a text
// and a file of weights), ONNX in one file, a frozen graph of TensorFlow, a
// compiled model, and each of them sealed, which is one file under a `datum-`
// key; see docs/sealed.md.
//
// A model is opened with [Open], which reads no more than it needs to say what it
// is and whether the key fits. [File.Load] brings it into memory, plain or
// sealed, from where the runtime reads it: nothing of a sealed model is ever
// written anywhere in plain, but by [File.Extract], which is for that.
package modelfile
