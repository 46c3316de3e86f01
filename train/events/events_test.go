package events_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"datum/internal/peertest"
	"datum/train/events"
)

var begin = time.Unix(1_700_000_000, 500_000_000)

// The bytes of the first record are those that TensorFlow writes, but for the
// time.
func TestFirstRecord(t *testing.T) {
	var b bytes.Buffer
	if _, err := events.NewWriter(&b, time.Unix(0, 0)); err != nil {
		t.Fatal(err)
	}
	want := "\x1a\x0dbrain.Event:2"
	if !bytes.Contains(b.Bytes(), []byte(want)) {
		t.Errorf("no version in %q", b.Bytes())
	}
	if n := int(b.Bytes()[0]); b.Len() != n+16 {
		t.Errorf("%d bytes for a record of %d", b.Len(), n)
	}
}

// What the protocol buffers of another program read is what was written.
func TestReadByTensorboardX(t *testing.T) {
	dir := t.TempDir()
	w, f, err := events.Create(dir, begin)
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]float64{}
	for step := range int64(300) {
		points := []events.Scalar{{"loss/box", math.Exp(-float64(step) / 100)}, {"größe", float64(step)}, {"nan", math.NaN()}}
		if err := w.Scalars(begin.Add(time.Duration(step)*time.Second), step, points...); err != nil {
			t.Fatal(err)
		}
		for _, p := range points[:2] {
			want[p.Name] = append(want[p.Name], float64(float32(p.Value)))
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	name := f.Name()
	if !strings.HasPrefix(filepath.Base(name), "events.out.tfevents.") {
		t.Errorf("TensorBoard does not find %s", name)
	}
	out := peertest.Run(t, peertest.Old, "events", name)
	var got struct {
		Version string
		Times   []float64
		Steps   []int64
		Scalars map[string][]float64
		NaN     int
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	if got.Version != "brain.Event:2" || got.NaN != 300 {
		t.Errorf("version %q, %d numbers that are none", got.Version, got.NaN)
	}
	for name, values := range want {
		if len(got.Scalars[name]) != len(values) {
			t.Fatalf("%s: %d values, not %d", name, len(got.Scalars[name]), len(values))
		}
		for i, v := range values {
			if got.Scalars[name][i] != v || got.Steps[i] != int64(i) || got.Times[i] != 1_700_000_000.5+float64(i) {
				t.Fatalf("%s: step %d at %v is %v, not %v", name, got.Steps[i], got.Times[i], got.Scalars[name][i], v)
			}
		}
	}
}

type full struct{}

func (full) Write([]byte) (int, error) { return 0, os.ErrClosed }

func TestFailingWriter(t *testing.T) {
	if _, err := events.NewWriter(full{}, begin); !errors.Is(err, os.ErrClosed) {
		t.Error(err)
	}
	if _, _, err := events.Create(filepath.Join(t.TempDir(), "missing"), begin); !errors.Is(err, os.ErrNotExist) {
		t.Error(err)
	}
}

func ExampleWriter_Scalars() {
	var file bytes.Buffer
	w, err := events.NewWriter(&file, time.Now())
	if err != nil {
		panic(err)
	}
	if err := w.Scalars(time.Now(), 1, events.Scalar{Name: "loss", Value: 0.7}, events.Scalar{Name: "lr", Value: 0.001}); err != nil {
		panic(err)
	}
	// Output:
}
