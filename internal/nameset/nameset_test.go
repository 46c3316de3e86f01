package nameset

import (
	"strconv"
	"testing"
)

func TestAdd(t *testing.T) {
	s := New()
	for i := range 10000 {
		if !s.Add(strconv.Itoa(i)) {
			t.Fatalf("%d was never added", i)
		}
	}
	for i := range 10000 {
		if s.Add(strconv.Itoa(i)) {
			t.Fatalf("%d was added before", i)
		}
	}
}

// TestMemory: sixteen bytes for each name, and no allocation for most.
func TestMemory(t *testing.T) {
	s := New()
	for i := range 100_000 {
		s.Add(strconv.Itoa(i))
		if i > 16 && len(s.slots) > 2*s.used {
			t.Fatalf("%d slots for %d names", len(s.slots), s.used)
		}
	}
	if got := testing.AllocsPerRun(100, func() { s.Add("77") }); got > 0 {
		t.Errorf("%v allocations for a name", got)
	}
}

func TestUnique(t *testing.T) {
	s := New()
	s.Add("b~2.jpg")
	for _, test := range []struct{ name, want string }{
		{"a.jpg", "a.jpg"}, {"a.jpg", "a~2.jpg"}, {"a.jpg", "a~3.jpg"}, {"a", "a"}, {"a", "a~2"}, {"b.jpg", "b.jpg"}, {"b.jpg", "b~3.jpg"}, {"a~2.jpg", "a~2~2.jpg"},
	} {
		if got := s.Unique(test.name); got != test.want {
			t.Errorf("Unique(%q) = %q, want %q", test.name, got, test.want)
		}
	}
}
