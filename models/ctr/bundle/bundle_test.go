package bundle

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"math"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"datum/crypto/key"
	"datum/formats"
	"datum/models/ctr"
	"datum/models/ctr/score"
	"datum/models/modelfile"
)

func namesOf(t testing.TB, what string, n int) *Names {
	t.Helper()
	list := []string{""}
	for i := range n {
		list = append(list, fmt.Sprintf("%s %d é", what, i))
	}
	names, err := NewNames(list)
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// small is a model of few names.
func small(t testing.TB, c ctr.Config) *Model {
	t.Helper()
	random := rand.New(rand.NewPCG(1, 2))
	rows := func(n int) []float32 {
		list := make([]float32, n*c.Embedding)
		for i := range list {
			list[i] = float32(random.NormFloat64())
		}
		return list
	}
	n, err := ctr.New(c)
	if err != nil {
		t.Fatal(err)
	}
	m := &Model{Config: c, Protocol: Protocol{Name: "neg", MaxHistory: 5, Negatives: 1}, Training: Training{Seed: 3, Epoch: 2, Figures: map[string]float64{"AUC": 0.8}},
		Users: namesOf(t, "user", 3), Items: namesOf(t, "item", 4), Categories: namesOf(t, "category", 2), Category: []uint32{0, 1, 2, 2, 0},
		Tables: Tables{rows(4), rows(5), rows(3)}, Values: n.Parameters().Initial(4)}
	if err := m.Check(); err != nil {
		t.Fatal(err)
	}
	return m
}

func TestSaveAndLoad(t *testing.T) {
	t.Parallel()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	other, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	for name, with := range map[string]*key.Key{"plain": nil, "sealed": k} {
		t.Run(name, func(t *testing.T) {
			m := small(t, ctr.Config{Architecture: ctr.DIEN, Embedding: 2, Auxiliary: 1})
			path := filepath.Join(t.TempDir(), "model")
			if err := m.Save(t.Context(), path, with); err != nil {
				t.Fatal(err)
			}
			got, err := Load(t.Context(), path, with)
			if err != nil {
				t.Fatal(err)
			}
			got.network, m.network = nil, nil
			if !reflect.DeepEqual(got, m) {
				t.Errorf("%+v\nis read as\n%+v", m, got)
			}
			if with == nil {
				return
			}
			for _, wrong := range []*key.Key{nil, other} {
				if _, err := Load(t.Context(), path, wrong); !errors.Is(err, formats.ErrKey) {
					t.Errorf("with another key, or none: %v", err)
				}
			}
		})
	}
}

func plain(t testing.TB, m *Model) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := m.Write(&b, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// summed gives a file that was changed the checksum that it should have.
func summed(b []byte) []byte {
	if len(b) < 4 {
		return b
	}
	end := len(b) - 4
	return binary.LittleEndian.AppendUint32(slices.Clone(b[:end]), crc32.Checksum(b[:end], castagnoli))
}

// A file that was cut or changed is refused; with a checksum that is right it is, too,
// or it is another model.
func TestDamaged(t *testing.T) {
	t.Parallel()
	b := plain(t, small(t, ctr.Config{Architecture: ctr.DNN, Embedding: 1}))
	random := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		n := random.IntN(len(b))
		if random.IntN(2) == 0 {
			n = random.IntN(600) // most of a file is weights
		}
		bad := slices.Clone(b)
		bad[n] ^= byte(1 + random.IntN(255))
		if _, err := Parse(bad); !errors.Is(err, ErrModel) {
			t.Fatalf("byte %d is wrong: %v", n, err)
		}
		if _, err := Parse(b[:n]); !errors.Is(err, ErrModel) {
			t.Fatalf("%d bytes of %d: %v", n, len(b), err)
		}
		if _, err := Parse(summed(bad)); err != nil && !errors.Is(err, ErrModel) {
			t.Fatalf("byte %d is wrong: %v", n, err)
		}
	}
}

func TestWrongModels(t *testing.T) {
	t.Parallel()
	for name, spoil := range map[string]func(m *Model){
		"no such network":     func(m *Model) { m.Config.Architecture = "lstm" },
		"no history":          func(m *Model) { m.Protocol.MaxHistory = 0 },
		"a short table":       func(m *Model) { m.Tables.Item = m.Tables.Item[1:] },
		"a number that is no": func(m *Model) { m.Tables.User[3] = float32(math.NaN()) },
		"no such category":    func(m *Model) { m.Category[2] = 3 },
		"a category too few":  func(m *Model) { m.Category = m.Category[1:] },
		"no weights":          func(m *Model) { delete(m.Values, "top.1.weight") },
		"no names":            func(m *Model) { m.Users = nil },
	} {
		m := small(t, ctr.Config{Architecture: ctr.DIN, Embedding: 2})
		spoil(m)
		if err := m.Write(&bytes.Buffer{}, nil); !errors.Is(err, ErrModel) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, list := range [][]string{nil, {"a"}, {"", "a", "a"}, {"", ""}, {"", string(make([]byte, LongestName+1))}} {
		if _, err := NewNames(list); !errors.Is(err, ErrModel) {
			t.Errorf("%d names: %v", len(list), err)
		}
	}
}

// Other models are told from this kind, and this kind from others.
func TestOtherKinds(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "model")
	m := small(t, ctr.Config{Architecture: ctr.DIN, Embedding: 2})
	if err := m.Save(t.Context(), path, nil); err != nil {
		t.Fatal(err)
	}
	f, err := modelfile.Open(path, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if f.Kind != modelfile.Clicks {
		t.Errorf("it is %s", f.Kind)
	}
	f.Kind = modelfile.ONNX
	if _, err := Open(t.Context(), f); !errors.Is(err, formats.ErrUnknownFormat) {
		t.Error(err)
	}
}

func TestFill(t *testing.T) {
	t.Parallel()
	m := small(t, ctr.Config{Architecture: ctr.DIN, Embedding: 2})
	var b score.Batch
	for range 2 { // the second time in used memory
		if err := m.Fill(&b, []Row{{User: 1, Item: 2, History: []uint32{4, 4, 1, 2, 3, 4, 1}}, {Item: 1}}); err != nil {
			t.Fatal(err)
		}
		if b.Rows != 2 || b.Time != 5 || !slices.Equal(b.Lengths, []int32{5, 0}) {
			t.Fatalf("%+v", b)
		}
		item := func(i, c int) []float32 { return slices.Concat(m.Tables.Item[2*i:][:2], m.Tables.Category[2*c:][:2]) }
		if want := slices.Concat(m.Tables.User[2:4], m.Tables.User[:2]); !slices.Equal(b.User, want) {
			t.Errorf("users are %v and not %v", b.User, want)
		}
		if want := slices.Concat(item(2, 2), item(1, 1)); !slices.Equal(b.Item, want) {
			t.Errorf("items are %v and not %v", b.Item, want)
		}
		if want := slices.Concat(item(1, 1), item(2, 2), item(3, 2), item(4, 0), item(1, 1), make([]float32, 20)); !slices.Equal(b.History, want) {
			t.Errorf("histories are %v and not %v", b.History, want)
		}
		for i := range b.History {
			b.History[i] = 9
		}
	}
	for _, r := range []Row{{User: 4}, {Item: 5}, {History: []uint32{1, 5}}} {
		if err := m.Fill(&b, []Row{r}); !errors.Is(err, score.ErrBatch) {
			t.Errorf("%+v: %v", r, err)
		}
	}
}

func TestRounded(t *testing.T) {
	t.Parallel()
	seen := map[int]bool{}
	for n := range 2000 {
		r := Rounded(n)
		seen[r] = true
		if r < n || r < 1 || Rounded(r) != r || 4*r > 5*n+4 || n > 0 && r < Rounded(n-1) {
			t.Errorf("%d is rounded to %d", n, r)
		}
	}
	if len(seen) > 48 {
		t.Errorf("there are %d lengths", len(seen))
	}
}

func FuzzParse(f *testing.F) {
	b := plain(f, small(f, ctr.Config{Architecture: ctr.DNN, Embedding: 1}))
	f.Add(b[:len(b)-4])
	f.Add(b[:400])
	f.Fuzz(func(t *testing.T, b []byte) {
		m, err := Parse(summed(append(b, 0, 0, 0, 0)))
		if err != nil {
			if !errors.Is(err, ErrModel) {
				t.Fatal(err)
			}
			return
		}
		if err := m.Write(&bytes.Buffer{}, nil); err != nil {
			t.Fatal(err)
		}
	})
}
