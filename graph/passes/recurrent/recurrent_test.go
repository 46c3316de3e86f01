package recurrent_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	"datum/graph"
	"datum/graph/passes/recurrent"
	"datum/graph/passes/recurrent/recurrenttest"
)

func rewrite(t testing.TB, m *graph.Model) *recurrent.Report {
	t.Helper()
	r, err := recurrent.Rewrite(m)
	if err != nil {
		t.Fatal(err)
	}
	if err := m.Validate(); err != nil {
		t.Fatal(err)
	}
	again, err := graph.Parse(m.XML(), m.Weights().Bytes())
	if err != nil {
		t.Fatal(err)
	}
	if err := again.Validate(); err != nil {
		t.Fatal(err)
	}
	return r
}

// counts are how many nodes of each type there are.
func counts(m *graph.Model) map[string]int {
	count := map[string]int{}
	m.Each(func(n *graph.Node) { count[n.Type]++ })
	return count
}

func TestPublishedNetwork(t *testing.T) {
	for _, steps := range []int{0, 9} {
		m, err := recurrenttest.DIEN{Users: 20, Items: 30, Categories: 5, Embedding: 4, Steps: steps}.Model(1)
		if err != nil {
			t.Fatal(err)
		}
		r := rewrite(t, m)
		var into []string
		for _, c := range r.Done {
			into = append(into, c.Into)
			if c.Into != "MatMul" && (c.Hidden != 8 || c.Columns != 8 || !c.Lengths || c.Loop != (steps == 0) || c.Steps != steps) {
				t.Errorf("%+v", c)
			}
		}
		if got := strings.Join(into, " "); got != "GRUSequence AUGRUSequence MatMul" {
			t.Errorf("%d steps: %s; left %+v", steps, got, r.Left)
		}
		n := counts(m)
		for _, typ := range []string{"TensorIterator", "GRUCell", "Tanh", "Tile"} {
			if n[typ] > 0 {
				t.Errorf("%d steps: there are still %d of %s", steps, n[typ], typ)
			}
		}
		if n["GRUSequence"] != 1 || n["AUGRUSequence"] != 1 || n["MatMul"] != 8 {
			t.Errorf("%d steps: %v", steps, n)
		}
		if again, err := recurrent.Rewrite(m); err != nil || len(again.Done) > 0 {
			t.Errorf("rewritten twice: %+v, %v", again, err)
		}
	}
}

// In bfloat16, AUGRUSequence is wrong: it says that it wants float32.
func TestAUGRUIsPrecise(t *testing.T) {
	m, err := recurrenttest.Variant{Form: "iterator", Attention: "published", Emit: "last"}.Model(1)
	if err != nil {
		t.Fatal(err)
	}
	rewrite(t, m)
	found := false
	m.Each(func(n *graph.Node) { found = found || n.Type == "AUGRUSequence" && n.Info("precise") != nil })
	if !found || !strings.Contains(string(m.XML()), `<attribute name="precise" version="0"`) {
		t.Error("it does not")
	}
}

// What is left says why.
func TestReasons(t *testing.T) {
	for _, test := range []struct {
		spoil, attention, want string
	}{
		{"", "paper", "the AUGRU of the paper"},
		{"content", "", "comes out of a Tanh"},
		{"gate", "", "mixture"},
		{"mask", "", "comparison of the step with the lengths"},
		{"wide", "published", "not one number for each row"},
		{"backwards", "", "from the first part to the last"},
		{"reset", "", "two reset gates|neither its state nor a part|has no reset gate"},
		{"twice", "", "mixture"},
		{"shares", "", "mixture"},
	} {
		m, err := recurrenttest.Variant{Form: "iterator", Attention: test.attention, Spoil: test.spoil, Emit: "last"}.Model(1)
		if err != nil {
			t.Fatal(err)
		}
		r := rewrite(t, m)
		ok := len(r.Done) == 0 && len(r.Left) == 1 && r.Left[0].What == "TensorIterator"
		for _, want := range strings.Split(test.want, "|") {
			if ok && strings.Contains(r.Left[0].Reason, want) {
				ok = false
				test.want = ""
			}
		}
		if test.want != "" {
			t.Errorf("%+v: %+v", test, r)
		}
	}
}

// The paper's unit is recognised in a chain, too, and counted once.
func TestPaperInChain(t *testing.T) {
	m, err := recurrenttest.Variant{Form: "chain", Attention: "paper", Emit: "last"}.Model(1)
	if err != nil {
		t.Fatal(err)
	}
	r := rewrite(t, m)
	if len(r.Done) != 0 || len(r.Left) != 1 || r.Left[0].Count != recurrenttest.Steps || !strings.Contains(r.Left[0].Reason, "paper") {
		t.Errorf("%+v", r)
	}
}

// Whatever the graph is, the pass ends, and what it makes is a sound model.
func FuzzRewrite(f *testing.F) {
	for seed := range uint64(8) {
		f.Add(seed, uint8(seed))
	}
	f.Fuzz(func(t *testing.T, seed uint64, spoil uint8) {
		r := rand.New(rand.NewPCG(seed, 1))
		v := recurrenttest.Random(r)
		if all := recurrenttest.Spoils(); int(spoil) < len(all) {
			v.Spoil = all[spoil]
		}
		m, err := v.Model(seed)
		if err != nil {
			t.Fatalf("%+v: %v", v, err)
		}
		changed := ""
		if spoil >= 128 {
			if changed = recurrenttest.Mutate(m, r); m.Validate() != nil {
				return
			}
		}
		report, err := recurrent.Rewrite(m)
		if err != nil {
			t.Fatalf("%+v, %s: %v", v, changed, err)
		}
		if err := m.Validate(); err != nil {
			t.Fatalf("%+v, %s: %v", v, changed, err)
		}
		if spoil < 128 && (len(report.Done) > 0) != v.Fusable() {
			t.Fatalf("%+v: %+v", v, report)
		}
	})
}
