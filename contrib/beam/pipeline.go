package main

import (
	"context"
	"errors"
	"os"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"

	"datum"
	"datum/crypto/key"
	"datum/formats"
	"datum/shard"
)

// Job is one conversion. Runners send it to their workers and show it to
// everybody, so that there is no key in it, only where workers find theirs.
type Job struct {
	Input       string
	InputFormat string // empty means to find out
	Output      string
	Format      string
	Shards      int
	SaveMedia   bool
	Encrypt     bool
	Overwrite   bool
	// KeyFile is a file that every worker has, such as a mounted secret; empty
	// means what the environment of the worker says.
	KeyFile string
}

// tool stands for the version of the program that made the shards: all are made
// and merged by the program that this pipeline is part of.
const tool = "contrib/beam"

func (j *Job) key() (*key.Key, error) {
	k, _, err := key.Lookup{File: j.KeyFile, Getenv: os.Getenv}.Find()
	if errors.Is(err, key.ErrNotFound) {
		return nil, nil
	}
	return k, err
}

// writeShard writes one shard. What a runner does again, be it since a worker was
// lost or since it was slow, finds the shard there and leaves it.
type writeShard struct{ Job Job }

// ProcessElement writes the shard with this index and returns its folder.
func (f *writeShard) ProcessElement(ctx context.Context, index int) (string, error) {
	j := &f.Job
	in := datum.Options{Format: j.InputFormat}
	found, err := datum.Find(ctx, j.Input, in)
	if err != nil {
		return "", err
	}
	defer found.Close()
	o := shard.Options{Tool: tool}
	o.SaveMedia, o.Overwrite, o.Encrypt = j.SaveMedia, j.Overwrite, j.Encrypt
	if found.Encrypted || j.Encrypt {
		k, err := j.key()
		if err != nil {
			return "", err
		}
		defer k.Destroy()
		if found.Encrypted {
			o.Input.Key = k
		}
		if j.Encrypt {
			o.ExportOptions.Key = k
		}
	}
	ds, err := found.Open(ctx, o.Input)
	if err != nil {
		return "", err
	}
	defer ds.Close()
	res, err := shard.Write(ctx, ds, j.Output, j.Format, shard.Part{Index: index, Count: j.Shards}, o)
	return res.Folder, err
}

// mergeShards merges the shards when all of them are written.
type mergeShards struct{ Job Job }

// ProcessElement merges them and returns the name of the output.
func (f *mergeShards) ProcessElement(ctx context.Context, _ int, written func(*string) bool) (string, error) {
	j := &f.Job
	set, err := shard.Find(j.Output + shard.Suffix)
	if errors.Is(err, formats.ErrUnknownFormat) && !j.Overwrite && exists(j.Output) {
		// All were written, since their folders have arrived here; so they were
		// merged, and this is done again. Where an output may be overwritten, the
		// one that is there may be the old one, of shards that lie on other
		// machines: that is an error.
		return j.Output, nil
	}
	if err != nil {
		return "", err
	}
	o := shard.MergeOptions{Overwrite: j.Overwrite, Tool: tool}
	if set.Encrypted {
		if o.Key, err = j.key(); err != nil {
			return "", err
		}
		defer o.Key.Destroy()
	}
	_, err = set.Merge(ctx, j.Output, o)
	return j.Output, err
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

// registerFunctions tells Beam what it can start on workers. It comes before
// beam.Init, on workers as well.
func registerFunctions() {
	register.DoFn2x2[context.Context, int, string, error](&writeShard{})
	register.DoFn3x2[context.Context, int, func(*string) bool, string, error](&mergeShards{})
	register.Iter1[string]()
}

// Build adds a conversion to a pipeline. What it returns has one element, the
// name of the output, when that is complete.
func Build(s beam.Scope, j Job) beam.PCollection {
	indices := make([]int, j.Shards)
	for i := range indices {
		indices[i] = i
	}
	s = s.Scope("datum")
	each := beam.Reshuffle(s, beam.CreateList(s, indices)) // else one worker would get all
	written := beam.ParDo(s, &writeShard{j}, each)
	all := beam.GroupByKey(s, beam.AddFixedKey(s, written))
	return beam.ParDo(s, &mergeShards{j}, all)
}
