package graph

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

// TestMissingAttributes takes each attribute of each operation away: what the
// table says is needed is missed, and OpenVINO's defaults are not.
func TestMissingAttributes(t *testing.T) {
	missed, tried := 0, 0
	for name, build := range operations() {
		b := NewBuilder(name)
		build(b)
		m, err := b.Model()
		if err != nil {
			t.Fatal(err)
		}
		m.Each(func(n *Node) {
			for i := range n.Attrs {
				tried++
				taken, kept := n.Attrs[i], n.Attrs
				n.Attrs = slices.Delete(slices.Clone(kept), i, i+1)
				err := n.problem()
				n.Attrs = kept
				rule := slices.IndexFunc(opOf(n).attrs, func(a attrRule) bool { return a.name == taken.Name })
				if rule < 0 {
					t.Errorf("%s: the table does not have %q of %s", name, taken.Name, n.Type)
					continue
				}
				if needed := !opOf(n).attrs[rule].optional; needed && (err == nil || !strings.Contains(err.Error(), taken.Name)) {
					t.Errorf("%s: %s without %s: %v", name, n.Type, taken.Name, err)
				}
				if err != nil {
					missed++
				}
			}
		})
	}
	if missed < 100 || tried < missed {
		t.Errorf("%d of %d attributes were missed", missed, tried)
	}
}

// TestUnreadableAttributes puts nonsense into attributes that have a type.
func TestUnreadableAttributes(t *testing.T) {
	for name, build := range operations() {
		b := NewBuilder(name)
		build(b)
		m, err := b.Model()
		if err != nil {
			t.Fatal(err)
		}
		m.Each(func(n *Node) {
			for i, a := range n.Attrs {
				rule := slices.IndexFunc(opOf(n).attrs, func(r attrRule) bool { return r.name == a.Name })
				if rule < 0 || opOf(n).attrs[rule].kind == anyText {
					continue
				}
				n.Attrs[i].Value = "!"
				if err := n.problem(); err == nil || !errors.Is(err, ErrModel) {
					t.Errorf("%s: %s with %s=!: %v", name, n.Type, a.Name, err)
				}
				n.Attrs[i].Value = a.Value
			}
		})
	}
}

func TestFrozenModelsAreValid(t *testing.T) {
	for _, path := range frozen(t) {
		_, m := readModel(t, path)
		if err := m.Validate(); err != nil {
			t.Errorf("%s: %v", path, err)
		}
	}
}

// TestWrongClaims changes what a file says of its tensors.
func TestWrongClaims(t *testing.T) {
	for name, change := range map[string]func(m *Model){
		`layer "Exp_4": output 0 is i64 in the file and must be f32`:                  func(m *Model) { last(m).Element = I64 },
		`layer "Exp_4": output 0 has the shape [3,2] in the file and must have [2,3]`: func(m *Model) { last(m).Shape = Shape{3, 2} },
		`has the shape [2,3,1]`:                           func(m *Model) { last(m).Shape = Shape{2, 3, 1} },
		`is not what lies at`:                             func(m *Model) { m.NodeByName("bias").data = make([]byte, 12) },
		`are outside of the weights`:                      func(m *Model) { m.NodeByName("bias").Attrs.Set("offset", "4096") },
		`ReLU has 1 outputs, and not 2`:                   func(m *Model) { n := last(m).Node().Source(0).Node(); n.addOutput(F32, Shape{}) },
		`another layer has its id`:                        func(m *Model) { m.NodeByName("bias").id = 0 },
		`layer "bias": Const needs the attribute "shape"`: func(m *Model) { m.NodeByName("bias").Attrs = m.NodeByName("bias").Attrs[:1] },
	} {
		m, _ := chain(t)
		change(m)
		if err := m.Validate(); err == nil || !errors.Is(err, ErrModel) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func last(m *Model) *Output { return m.Results()[0].Source(0) }

// TestSeveralProblems requires that everything that is wrong is said.
func TestSeveralProblems(t *testing.T) {
	m, _ := chain(t)
	last(m).Shape = Shape{7}
	m.NodeByName("bias").Attrs.Set("element_type", "no")
	err := m.Validate()
	if err == nil || strings.Count(err.Error(), "layer ") != 2 {
		t.Error(err)
	}
	var one *Error
	if !errors.As(err, &one) || one.Layer == "" {
		t.Error(one)
	}
}
