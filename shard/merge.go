package shard

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"datum"
	"datum/crypto/key"
	"datum/files"
	"datum/formats"
	"datum/internal/atomicdir"
)

// MergeOptions say how parts are merged. How the output is written they say
// themselves.
type MergeOptions struct {
	// Key opens encrypted parts, and encrypts the output if it is to be.
	Key *key.Key
	// Overwrite replaces an existing output.
	Overwrite bool
	// Keep leaves the parts where they are; else they are removed when the
	// output is complete and on disk.
	Keep bool
	// Workers bounds the goroutines; 0 means one for each core.
	Workers int
	// Registry holds the formats to choose from; nil means all that there are.
	Registry *formats.Registry
	// Progress is called after each item.
	Progress func(items int)
	// Begin is called with the number of all items, before the first.
	Begin func(items int)
	// Store takes an output that is a URL; nil means that there is none.
	Store datum.Store
	// Tool is the version of the program, which must be that of the parts.
	Tool string
}

// Merged is what a merge did, in the words of the conversion that the parts were
// of.
type Merged struct {
	datum.Result
	// Format is that of the output.
	Format string
	// Media says whether media were saved, Encrypted whether the output is.
	Media, Encrypted bool
	// Notes are what was tolerated in the input.
	Notes formats.Loss
	// Skipped counts the bad records that were left out, SkippedFirst has the
	// texts of some. Missing counts media files that were not there.
	Skipped      int
	SkippedFirst []string
	Missing      int
	// Left is why the parts could not be removed.
	Left error
}

// Merge writes the dataset that the parts are of as output, complete or not at
// all.
func (s *Set) Merge(ctx context.Context, output string, o MergeOptions) (Merged, error) {
	output, err := formats.LocalName(output)
	if err != nil {
		return Merged{}, err
	}
	if err := s.checkOutput(output); err != nil {
		return Merged{}, err
	}
	all, err := s.manifests(o.Key, o.Tool)
	if err != nil {
		return Merged{}, err
	}
	out := summary(all)
	opts, err := all[0].Plan.options()
	if err != nil {
		return out, err
	}
	if opts.FailOnLoss && out.Loss.Total() > 0 {
		return out, formats.WithHint(formats.Reason(formats.ErrLoss, "%d things were lost in the shards", out.Loss.Total()), "without --fail-on-loss they are counted and left out")
	}
	if all[0].Plan.Encrypt {
		opts.Key = o.Key
	}
	if _, archive := files.KindOf(output); !archive && !files.IsURL(output) {
		opts.Media = formats.MediaLinkOrCopy
	}
	opts.Overwrite, opts.Workers, opts.Registry, opts.Progress, opts.Store = o.Overwrite, o.Workers, o.Registry, o.Progress, o.Store
	if o.Begin != nil {
		o.Begin(int(all[0].Total))
	}
	lost := out.Loss
	out.Result, err = s.export(ctx, all, output, opts, o)
	out.Loss.Merge(lost)
	if err == nil && !o.Keep {
		out.Left = s.remove()
	}
	return out, err
}

func (s *Set) export(ctx context.Context, all []*manifest, output string, opts datum.ExportOptions, o MergeOptions) (datum.Result, error) {
	m, err := openMerged(ctx, s, all, o)
	if err != nil {
		return datum.Result{}, err
	}
	defer m.Close()
	return datum.Export(ctx, &datum.Dataset{Importer: m}, output, all[0].Plan.Format, opts)
}

// checkOutput refuses an output that would be removed with the parts, or they
// with it.
func (s *Set) checkOutput(output string) error {
	if output == "" || output == datum.Stdin {
		return formats.Reason(formats.ErrUsage, "shards become a folder or an archive, which has to have a name")
	}
	if files.IsURL(output) {
		return nil
	}
	if atomicdir.Inside(output, s.Folder) {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%s: the output would lie among its shards", output), "name another folder for the output")
	}
	if atomicdir.Inside(s.Folder, output) {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%s: its shards lie in it, and would be replaced with it", output), "name another folder for the output")
	}
	return nil
}

// remove removes the parts. They vanish under their name at once, so that nobody
// takes half of them for shards that are missing.
// Where somebody has put something else beside them, such as their key, nothing
// is removed.
func (s *Set) remove() error {
	clean := filepath.Clean(s.Folder)
	entries, err := os.ReadDir(clean)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); !partName.MatchString(name) && !attemptName.MatchString(name) {
			return fmt.Errorf("%s is no shard and would be lost", filepath.Join(clean, name))
		}
	}
	aside := filepath.Join(filepath.Dir(clean), "."+filepath.Base(clean)+".merged")
	if err := os.RemoveAll(aside); err != nil {
		return err
	}
	if err := os.Rename(clean, aside); err != nil {
		return err
	}
	return os.RemoveAll(aside)
}

// summary is what the manifests say of the whole.
func summary(all []*manifest) Merged {
	first := all[0]
	out := Merged{
		Format: first.Plan.Format, Media: first.Plan.SaveMedia, Encrypted: first.Plan.Encrypt,
		Skipped: first.Skipped, SkippedFirst: first.SkippedFirst,
	}
	for _, e := range first.Notes {
		out.Notes.Add(e.What, e.Example, e.Count)
	}
	total, earliest := map[string]int{}, map[string]loss{}
	for _, m := range all {
		out.Missing += m.Missing
		for _, l := range m.Lost {
			total[l.What] += l.Count
			if old, known := earliest[l.What]; !known || l.Ordinal < old.Ordinal {
				earliest[l.What] = l
			}
		}
	}
	for what, l := range earliest {
		out.Loss.Add(what, l.Example, total[what])
	}
	return out
}
