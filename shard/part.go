package shard

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"

	"datum/formats"
)

// Part is one of the parts of a dataset: Index of Count, counted from 0.
type Part struct {
	Index int `json:"index"`
	Count int `json:"count"`
}

// MaxCount is the most parts that a dataset is spread over: a merge has a few
// files of each of them open.
const MaxCount = 4096

// String returns the part as [Parse] reads it.
func (p Part) String() string { return fmt.Sprintf("%d/%d", p.Index, p.Count) }

// Has reports whether an item belongs to the part. It is the same for all
// programs and always: the first eight bytes, little-endian, of the SHA-256 of
// the subset, a zero byte and the id, modulo the number of parts.
func (p Part) Has(subset, id string) bool {
	var buf [256]byte
	name := append(append(append(buf[:0], subset...), 0), id...)
	sum := sha256.Sum256(name)
	return binary.LittleEndian.Uint64(sum[:8])%uint64(p.Count) == uint64(p.Index)
}

// check refuses a part that there cannot be.
func (p Part) check() error {
	if p.Count < 1 || p.Count > MaxCount || p.Index < 0 || p.Index >= p.Count {
		return formats.Reason(formats.ErrUsage, "there is no shard %s: it is I/N with N from 1 to %d and I from 0 to N-1", p, MaxCount)
	}
	return nil
}

// Auto is the text of a part that comes from the environment altogether.
const Auto = "auto"

// Parse reads a part: "0/4", or "/4" where the index is in the environment, or
// [Auto] where both are. getenv looks into the environment, where it understands
// what Kubernetes, Slurm and the launchers of PyTorch leave for their tasks.
func Parse(text string, getenv func(string) string) (Part, error) {
	p, err := parse(text, getenv)
	if err != nil {
		return p, err
	}
	return p, p.check()
}

func parse(text string, getenv func(string) string) (p Part, err error) {
	if text == Auto {
		return fromScheduler(getenv, 0)
	}
	index, count, ok := strings.Cut(text, "/")
	if p.Count, err = strconv.Atoi(count); !ok || err != nil {
		return p, formats.WithHint(formats.Reason(formats.ErrUsage, "%q is no shard", text), "--shard is I/N as in 0/4, or /N or %s with the rest from the scheduler", Auto)
	}
	if index == "" {
		return fromScheduler(getenv, p.Count)
	}
	if p.Index, err = strconv.Atoi(index); err != nil {
		return p, formats.Reason(formats.ErrUsage, "%q is no shard: %q is no number", text, index)
	}
	return p, nil
}

// scheduler names the variables that a scheduler sets for each of its tasks.
type scheduler struct {
	name, index, count string
	first, step        string // where the indices do not begin at 0, or not count by 1
}

var schedulers = []scheduler{
	{name: "a Kubernetes Indexed Job", index: "JOB_COMPLETION_INDEX"},
	{name: "a Slurm job array", index: "SLURM_ARRAY_TASK_ID", count: "SLURM_ARRAY_TASK_COUNT", first: "SLURM_ARRAY_TASK_MIN", step: "SLURM_ARRAY_TASK_STEP"},
	{name: "a launcher", index: "RANK", count: "WORLD_SIZE"},
}

// fromScheduler takes the part from the first scheduler that says it, with count
// for the number of parts unless that is 0.
func fromScheduler(getenv func(string) string, count int) (Part, error) {
	found := ""
	for _, s := range schedulers {
		if getenv(s.index) == "" {
			continue
		}
		found = s.name
		if count == 0 && (s.count == "" || getenv(s.count) == "") {
			continue
		}
		return s.part(getenv, count)
	}
	if found != "" {
		return Part{}, formats.WithHint(formats.Reason(formats.ErrUsage, "%s says which shard this is, but not of how many", found), "give their number: --shard /N")
	}
	return Part{}, formats.WithHint(formats.Reason(formats.ErrUsage, "no scheduler says which shard this is"),
		"JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID and RANK were looked for; give both numbers: --shard I/N")
}

func (s scheduler) part(getenv func(string) string, count int) (p Part, err error) {
	number := func(name string, unset int) int {
		text := getenv(name)
		if name == "" || text == "" {
			return unset
		}
		n, e := strconv.Atoi(text)
		if e != nil && err == nil {
			err = formats.Reason(formats.ErrUsage, "%s is %q, which is no number", name, text)
		}
		return n
	}
	index, first, step := number(s.index, 0), number(s.first, 0), number(s.step, 1)
	p.Count = count
	if count == 0 {
		p.Count = number(s.count, 0)
	}
	if err != nil {
		return p, err
	}
	if step < 1 || (index-first)%step != 0 {
		return p, formats.Reason(formats.ErrUsage, "%s is %d, which is not in steps of %d from %d", s.index, index, step, first)
	}
	p.Index = (index - first) / step
	return p, nil
}
