package formats

import (
	"slices"
	"testing"
)

func TestWordNames(t *testing.T) {
	for _, c := range [][2][]string{
		{nil, {}},
		{{"cat", "dog"}, {"cat", "dog"}},
		{{"big cat", "a\tb\u00a0c", ""}, {"big_cat", "a_b_c", "_"}},
		{{"big cat", "big_cat"}, {"big_cat_2", "big_cat"}}, // a word comes first, wherever it is
		{{"x", "x", "x_2", "x"}, {"x", "x_3", "x_2", "x_4"}},
		{{"ünï cat", "ünï cat"}, {"ünï_cat", "ünï_cat_2"}},
	} {
		got := WordNames(c[0])
		if !slices.Equal(got, c[1]) {
			t.Errorf("%q: %q", c[0], got)
		}
	}
}
