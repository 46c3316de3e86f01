package vision

import (
	"errors"
	"slices"
	"testing"

	"datum/dataset"
	"datum/formats"
)

func named(names ...string) *dataset.Categories {
	c := &dataset.Categories{Labels: &dataset.LabelCategories{}}
	for _, name := range names {
		c.Labels.Labels = append(c.Labels.Labels, dataset.LabelCategory{Name: name})
	}
	return c
}

func TestMappingIsByName(t *testing.T) {
	t.Parallel()
	got, err := mapping([]string{"cat", "big dog", "Ünï"}, named("ünï", "fish", "Cat", "big_dog"))
	if want := []int{2, -1, 0, 1}; err != nil || !slices.Equal(got, want) {
		t.Errorf("got %v, %v; want %v", got, err, want)
	}
}

// A model writes its labels without spaces: two classes that are the same then would be
// mixed up by whoever runs it.
func TestMappingRefusesNamesThatAModelCannotTellApart(t *testing.T) {
	t.Parallel()
	for _, names := range [][]string{{"a", "a"}, {"a b", "a_b"}, {" a", "a"}, {"Cat", "cat"}, {"", " "}} {
		if _, err := mapping(names, named(names...)); !errors.Is(err, formats.ErrUsage) {
			t.Errorf("%q: %v", names, err)
		}
	}
}
