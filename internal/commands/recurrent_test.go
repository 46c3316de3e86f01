package commands

import (
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"datum/graph"
	"datum/graph/passes/recurrent/recurrenttest"
)

// recurrent FILE.xml KIND writes a model with recurrent units as an IR: "dien" is the
// published network, "paper" a unit that there is no operation for, and "bare" one that
// has no weights, so that there is no .bin beside it.
func recurrent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: recurrent FILE.xml KIND")
	}
	var m *graph.Model
	var err error
	switch args[1] {
	case "dien":
		m, err = recurrenttest.DIEN{Users: 50, Items: 60, Categories: 7, Embedding: 6}.Model(1)
	case "bare":
		m, err = bareUnit()
	default:
		m, err = recurrenttest.Variant{Form: "iterator", Attention: args[1], Emit: "last"}.Model(1)
	}
	ts.Check(err)
	xml := ts.MkAbs(args[0])
	ts.Check(os.WriteFile(xml, m.XML(), 0o666))
	if weights := m.Weights().Bytes(); len(weights) > 0 {
		ts.Check(os.WriteFile(strings.TrimSuffix(xml, ".xml")+".bin", weights, 0o666))
	}
}

// bareUnit is a GRU that is given what its gates are made of, and adds the state to it.
func bareUnit() (*graph.Model, error) {
	b := graph.NewBuilder("bare")
	it := b.Iterate()
	e := it.Body
	part := func(name string) *graph.Output { return it.Slice(b.Parameter(name, graph.F32, -1, -1, 6), 1, 1) }
	update, reset, content := e.Sigmoid(part("update")), e.Sigmoid(part("reset")), part("content")
	state := it.State(b.Parameter("state", graph.F32, -1, 1, 6))
	fresh := e.Tanh(e.Add(content, e.Mul(reset, state)))
	next := e.Add(fresh, e.Mul(update, e.Sub(state, fresh)))
	it.Next(state, next)
	it.Last(next)
	b.Result(it.Done()[0], "end")
	return b.Model()
}
