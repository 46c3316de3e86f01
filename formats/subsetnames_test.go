package formats

import (
	"slices"
	"testing"
)

func TestSubsetNames(t *testing.T) {
	got := SubsetNames([]string{".", "train", "a/val", "b/c/test", "d/test", "test"})
	if want := []string{"default", "train", "val", "b_c_test", "d_test", "test"}; !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}
