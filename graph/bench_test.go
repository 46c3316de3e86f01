package graph

import (
	"strconv"
	"testing"
)

// large is a model of about 20 000 layers, as a training step of a deep network
// has them.
func large(tb testing.TB) (text, weights []byte) {
	tb.Helper()
	b := NewBuilder("large")
	x := b.Parameter("x", F32, -1, 64, 28, 28)
	for i := range 2500 {
		name := "block" + strconv.Itoa(i)
		f := b.Constant(name+".filters", F32, Shape{64, 64, 1, 1}, oneFilter)
		y := b.Name(b.Convolution(x, f, Pad(1, 0)), name+".convolution")
		y = b.Add(y, b.Constant(name+".bias", F32, Shape{1, 64, 1, 1}, oneFilter[:256]))
		y = b.Name(b.Relu(y), name+".relu")
		x = b.Add(x, b.Mul(y, b.Scalar(F32, float64(i))))
	}
	b.Result(x, "y")
	m, err := b.Model()
	if err != nil {
		tb.Fatal(err)
	}
	return m.XML(), m.Weights().Bytes()
}

var oneFilter = make([]byte, 64*64*4)

func BenchmarkParse(b *testing.B) {
	text, weights := large(b)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Parse(text, weights); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkXML(b *testing.B) {
	text, weights := large(b)
	m, err := Parse(text, weights)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		m.XML()
	}
}

func BenchmarkValidate(b *testing.B) {
	text, weights := large(b)
	m, err := Parse(text, weights)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if err := m.Validate(); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(len(m.Nodes())), "layers")
}

func BenchmarkBuild(b *testing.B) {
	for b.Loop() {
		large(b)
	}
}
