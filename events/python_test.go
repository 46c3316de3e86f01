package events

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"datum/internal/peertest"
)

// The program in the documentation reads what we write. Its Python need not have
// zstd: the log here is one without compression.
func TestPythonReadsOurs(t *testing.T) {
	t.Parallel()
	python := peertest.Python(t, "openvino-2026.4.1")
	page, err := os.ReadFile(filepath.Join(peertest.Root(t), "docs", "events.md"))
	if err != nil {
		t.Fatal(err)
	}
	_, program, found := strings.Cut(string(page), "```python\n")
	program, _, ended := strings.Cut(program, "```")
	if !found || !ended {
		t.Fatal("docs/events.md has no Python")
	}
	program = strings.Replace(program, "from compression import zstd", "", 1)
	list := append(invent(40, 70_000, 100, 50), made{"u1", "i1", -7, 0.5}, made{"late", "i2", 5_000_000_000, 1e300})
	for i := range 300 {
		list = append(list, made{"varied", "i3", int64(i), float64(i) / 3})
	}
	packed, _, _ := finished(t, builderOf(t, Options{}, list))
	text := crafted(t, packed, func([][]byte, *index) {})
	path := put(t, FileName, text)
	program = "import sys, json\ncontent = open(sys.argv[1], 'rb').read()\n" + program +
		"json.dump({'info': [events, users, items, categories, first, last, flags], 'names': names[1:], 'category': category, 'log': log}, sys.stdout)\n"
	cmd := exec.CommandContext(t.Context(), python, "-c", program, path)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Info     []int64
		Names    [][]string
		Category []uint32
		Log      [][4]float64
	}
	if err := json.Unmarshal(out, &got); err != nil {
		t.Fatal(err)
	}
	l := logOf(t, text)
	v, err := l.Vocabularies()
	if err != nil {
		t.Fatal(err)
	}
	n := l.Info()
	if want := []int64{n.Events, int64(n.Users), int64(n.Items), int64(n.Categories), n.First, n.Last, 0}; !reflect.DeepEqual(got.Info, want) {
		t.Errorf("%v, want %v", got.Info, want)
	}
	if !reflect.DeepEqual(got.Names, [][]string{v.Users.Names, v.Items.Names, v.Categories.Names}) || !reflect.DeepEqual(got.Category, v.Category) {
		t.Error("other names")
	}
	var want [][4]float64
	for h, err := range l.Histories(t.Context()) {
		if err != nil {
			t.Fatal(err)
		}
		for i := range h.Items {
			want = append(want, [4]float64{float64(h.User), float64(h.Items[i]), float64(h.Times[i]), h.Values[i]})
		}
	}
	if !reflect.DeepEqual(got.Log, want) {
		t.Errorf("%d events, want %d, or others", len(got.Log), len(want))
	}
}
