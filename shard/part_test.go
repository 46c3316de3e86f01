package shard

import (
	"errors"
	"fmt"
	"testing"

	"datum/formats"
)

func TestParse(t *testing.T) {
	t.Parallel()
	slurm := map[string]string{"SLURM_ARRAY_TASK_ID": "7", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "4"}
	kubernetes := map[string]string{"JOB_COMPLETION_INDEX": "5"}
	torch := map[string]string{"RANK": "1", "WORLD_SIZE": "2"}
	for _, test := range []struct {
		text string
		env  map[string]string
		want Part
		ok   bool
	}{
		{"0/1", nil, Part{0, 1}, true}, {"3/4", kubernetes, Part{3, 4}, true}, {"4095/4096", nil, Part{4095, 4096}, true},
		{"/8", kubernetes, Part{5, 8}, true}, {"/4", slurm, Part{2, 4}, true}, {"auto", slurm, Part{2, 4}, true},
		{"auto", torch, Part{1, 2}, true}, {"/3", torch, Part{1, 3}, true},
		{"auto", map[string]string{"JOB_COMPLETION_INDEX": "0", "RANK": "1", "WORLD_SIZE": "2"}, Part{1, 2}, true},
		{"auto", map[string]string{"SLURM_ARRAY_TASK_ID": "1", "SLURM_ARRAY_TASK_COUNT": "2"}, Part{1, 2}, true},
		{"auto", nil, Part{}, false}, {"auto", kubernetes, Part{}, false}, {"/4", nil, Part{}, false}, {"/5", kubernetes, Part{}, false},
		{"4/4", nil, Part{}, false}, {"-1/4", nil, Part{}, false}, {"0/0", nil, Part{}, false}, {"0/4097", nil, Part{}, false},
		{"", nil, Part{}, false}, {"1", nil, Part{}, false}, {"1/", nil, Part{}, false}, {"a/4", nil, Part{}, false}, {"1/2/3", nil, Part{}, false},
		{"auto", map[string]string{"RANK": "x", "WORLD_SIZE": "2"}, Part{}, false},
		{"auto", map[string]string{"SLURM_ARRAY_TASK_ID": "4", "SLURM_ARRAY_TASK_MIN": "3", "SLURM_ARRAY_TASK_STEP": "2", "SLURM_ARRAY_TASK_COUNT": "4"}, Part{}, false},
	} {
		got, err := Parse(test.text, func(name string) string { return test.env[name] })
		if test.ok && (err != nil || got != test.want) {
			t.Errorf("%q of %v: %v, %v", test.text, test.env, got, err)
		}
		if !test.ok && !errors.Is(err, formats.ErrUsage) {
			t.Errorf("%q of %v: %v, %v", test.text, test.env, got, err)
		}
	}
}

// TestPartsAreDisjoint requires that every item belongs to one part, that parts
// are of about one size, and that they stay what they were: shards of two versions
// of datum would leave gaps.
func TestPartsAreDisjoint(t *testing.T) {
	t.Parallel()
	const count, items = 4, 4000
	var sizes [count]int
	for i := range items {
		owners := 0
		for p := range count {
			if (Part{p, count}).Has("train", fmt.Sprintf("%012d", 2*i)) {
				owners++
				sizes[p]++
			}
		}
		if owners != 1 {
			t.Fatalf("item %d belongs to %d parts", i, owners)
		}
	}
	for p, n := range sizes {
		if n < items/count*9/10 || n > items/count*11/10 {
			t.Errorf("part %d has %d of %d items", p, n, items)
		}
	}
	for id, want := range map[string]int{"a": 2, "b": 1, "c/d": 0, "": 2} {
		if !(Part{want, count}).Has("train", id) {
			t.Errorf("%q is no longer in part %d", id, want)
		}
	}
}
