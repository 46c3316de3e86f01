package commands

import (
	"os"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"datum/graph"
	"datum/graph/passes/recurrent/recurrenttest"
)

// recurrent FILE.xml KIND writes a model with recurrent units as an IR: "dien" is the
// published network, "paper" a unit that there is no operation for.
func recurrent(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: recurrent FILE.xml KIND")
	}
	var m *graph.Model
	var err error
	if args[1] == "dien" {
		m, err = recurrenttest.DIEN{Users: 50, Items: 60, Categories: 7, Embedding: 6}.Model(1)
	} else {
		m, err = recurrenttest.Variant{Form: "iterator", Attention: args[1], Emit: "last"}.Model(1)
	}
	ts.Check(err)
	xml := ts.MkAbs(args[0])
	ts.Check(os.WriteFile(xml, m.XML(), 0o666))
	ts.Check(os.WriteFile(strings.TrimSuffix(xml, ".xml")+".bin", m.Weights().Bytes(), 0o666))
}
