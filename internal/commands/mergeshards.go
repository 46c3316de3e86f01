package commands

import (
	"context"
	"errors"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"datum/crypto/key"
	"datum/files"
	"datum/formats"
	"datum/internal/exitcode"
	"datum/internal/ui"
	"datum/shard"
)

func (a *app) mergeShardsCommand() *cli.Command {
	return &cli.Command{
		Name:      "merge-shards",
		Usage:     "make one dataset of what convert --shard wrote",
		UsageText: "datum merge-shards [[-i] OUTPUT" + shard.Suffix + "] [[-o] OUTPUT] [options]",
		Description: `Writes the dataset that one datum convert would have written. The format and all choices are those
that the shards were made with. The output appears complete or not at all; the shards are removed
afterwards. Exit code 10: shards are missing, the message says which; 13: they are damaged, or of
different inputs or options.`,
		Flags: concat([]cli.Flag{
			&cli.StringFlag{Name: "input-path", Aliases: []string{"i"}, Category: groupInput, Usage: "the `FOLDER` of the shards"},
			&cli.IntFlag{Name: "num-workers", Aliases: []string{"j"}, Category: groupInput, Usage: "encode and encrypt on `N` goroutines; 0 is one for each core"},
			&cli.StringFlag{Name: "output-dir", Aliases: []string{"o"}, Category: groupOutput, Usage: "the `FOLDER` or archive to write, or its URL; the name of the shards without " + shard.Suffix + " if not given, and the other way round"},
			&cli.BoolFlag{Name: "overwrite", Category: groupOutput, Usage: "replace an existing output, as a whole"},
			&cli.BoolFlag{Name: "keep-shards", Category: groupOutput, Usage: "leave the shards; media files of the output may be the same files then"},
		}, keyFlags()),
		Action: a.mergeShards,
	}
}

func (a *app) mergeShards(ctx context.Context, c *cli.Command) error {
	in, args := pick(c.String("input-path"), c.Args().Slice())
	out, args := pick(c.String("output-dir"), args)
	if len(args) > 0 {
		return usagef(c, "too many arguments: %q", args)
	}
	for _, name := range []*string{&in, &out} {
		local, err := files.FromFileURL(*name)
		if err != nil {
			return usagef(c, "%s: %w", files.URLName(*name), err)
		}
		*name = local
	}
	switch {
	case in == "" && files.IsURL(out):
		return usagef(c, "the shards are to be named where the output is a URL: -i FOLDER%s", shard.Suffix)
	case in == "" && out != "":
		in = filepath.Clean(out) + shard.Suffix
	case out == "":
		out = strings.TrimSuffix(filepath.Clean(in), shard.Suffix)
	}
	if in == "" || out == filepath.Clean(in) {
		return usagef(c, "the shards or the output are to be named: -i OUTPUT%s, -o OUTPUT, or both", shard.Suffix)
	}
	if c.Int("num-workers") < 0 {
		return usagef(c, "--num-workers cannot be negative")
	}
	set, err := shard.Find(in)
	if err != nil {
		return err
	}
	o := shard.MergeOptions{
		Overwrite: c.Bool("overwrite"), Keep: c.Bool("keep-shards"), Workers: c.Int("num-workers"), Registry: a.registry, Store: a.store, Tool: release,
	}
	if o.Key, err = a.shardsKey(c, set); err != nil {
		return err
	}
	var meter *ui.Meter
	o.Begin = func(items int) { meter = a.Meter("merging", items) }
	o.Progress = func(n int) { meter.Set(n) }
	res, err := set.Merge(ctx, out, o)
	if meter != nil {
		meter.Done()
	}
	return a.reportMerge(in, out, res, err)
}

// shardsKey returns the key of encrypted shards. One in the environment is no
// mistake where none is needed.
func (a *app) shardsKey(c *cli.Command, set *shard.Set) (*key.Key, error) {
	if !set.Encrypted && !keyGivenByFlag(c) {
		return nil, nil
	}
	k, err := a.givenKey(c)
	if err == nil && k == nil {
		err = formats.WithHint(formats.Reason(formats.ErrKey, "%s: the shards are encrypted and no key was given", set.Folder),
			"name the file that holds the key with --encryption-key-file, or in %s", keyFileEnv)
	}
	return k, err
}

func (a *app) reportMerge(in, out string, res shard.Merged, err error) error {
	if errors.Is(err, formats.ErrLoss) {
		a.Loss(res.Format+" cannot hold", res.Loss)
	}
	if err != nil {
		return err
	}
	if res.Left != nil {
		a.Warn("the shards could not be removed: %v", res.Left)
	}
	a.flushed(res.Flush)
	a.Loss("tolerated in the input", res.Notes)
	a.Loss("lost, "+res.Format+" cannot hold", res.Loss)
	err = a.Result(conversion{
		Input: in, InputFormat: "shards", Output: files.URLName(out), OutputFormat: res.Format, Items: res.Items, Media: res.Media, Encrypted: res.Encrypted,
		Flush: res.Flush.Seconds(), Key: res.Fingerprint, Missing: res.Missing, Skipped: res.Skipped, Tolerated: res.Notes.Entries(), Lost: res.Loss.Entries(),
	})
	if err != nil {
		return err
	}
	for _, text := range res.SkippedFirst[:min(len(res.SkippedFirst), shownSkips)] {
		a.Warn("left out: %s", text)
	}
	if res.Skipped > 0 {
		return formats.Reason(exitcode.ErrPartial, "%d bad records were left out", res.Skipped)
	}
	return missing(res.Missing)
}
