package commands

import (
	"context"
	"fmt"
	"io"

	"github.com/urfave/cli/v3"

	"datum/dataset"
	"datum/formats"
	"datum/shard"
)

func shardFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "shard", Category: groupOutput, Usage: "do `I/N` of the work, I from 0, into OUTPUT" + shard.Suffix + ", for datum merge-shards; /N takes I from the scheduler " +
			"(JOB_COMPLETION_INDEX, SLURM_ARRAY_TASK_ID, RANK), " + shard.Auto + " also N where it says that"},
	}
}

// checkShard refuses what one process may do and one of many may not.
func checkShard(c *cli.Command) error {
	if !outputGiven(c) {
		return usagef(c, "shards need a name for the output that all of them know: -o OUTPUT")
	}
	if c.Bool("resume") {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "a shard that is interrupted begins anew, so --resume does nothing"), "more shards lose less each")
	}
	if c.Bool("if-changed") {
		return formats.Reason(formats.ErrUsage, "--if-changed is not for shards: one that is there and has not changed is left alone anyway")
	}
	if c.IsSet("key-out") {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "--key-out is for a new key, and a shard makes none"),
			"make one with datum key new FILE, and give it to all with --encryption-key-file")
	}
	if c.IsSet("encryption-key") {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "a key is no argument for a shard: schedulers show and log the arguments of their tasks"),
			"give it as a file that only the task can read: --encryption-key-file, or %s", keyFileEnv)
	}
	return nil
}

// runShard writes one part of the output.
func (j *job) runShard(ctx context.Context, c *cli.Command) error {
	part, err := shard.Parse(c.String("shard"), j.getenv)
	if err != nil {
		return err
	}
	ds, err := j.in.Open(ctx, j.input.ImportOptions)
	if err != nil {
		return err
	}
	defer ds.Close()
	o := shard.Options{ExportOptions: j.options, Input: j.input.ImportOptions, Tool: release}
	if j.skipMissing && j.options.SaveMedia {
		o.SkipMissing = func(it *dataset.Item) int {
			before := j.missing
			withoutMissing{count: &j.missing}.skip(*it)
			return j.missing - before
		}
	}
	total := ds.Info().Total()
	if total > 0 {
		total /= part.Count
	}
	meter := j.Meter(fmt.Sprintf("writing shard %s of %s", part, j.format), total)
	defer meter.Done()
	o.Progress = meter.Set
	res, err := shard.Write(ctx, ds, j.out, j.format, part, o)
	meter.Done()
	if err != nil {
		return j.withMissingHint(err)
	}
	return j.reportShard(part, res)
}

// outputGiven reports whether the output was named. A name that was made of what
// lies around would not be the same for all shards.
func outputGiven(c *cli.Command) bool {
	_, args := pick(c.String("input-path"), c.Args().Slice())
	out, _ := pick(c.String("output-dir"), args)
	return out != ""
}

// reportShard says what was done. What a shard had to leave out is told with the
// merge, and with its exit code: a scheduler would run again what ended with
// another one than 0.
func (j *job) reportShard(part shard.Part, res shard.Result) error {
	if n := countOf(j.input.Skip); n > 0 {
		j.Warn("%d bad records of the input were left out", n)
	}
	if res.Missing > 0 {
		j.Warn("%d media files of this shard are listed and not there", res.Missing)
	}
	return j.Result(shardWritten{
		Input: j.in.Path(), Output: j.out, OutputFormat: j.format, Shard: part.String(), Folder: res.Folder,
		Items: res.Items, Total: res.Total, Done: res.Done, Encrypted: res.Encrypted, Missing: res.Missing, Skipped: countOf(j.input.Skip),
	})
}

// shardWritten is what was done for one shard.
type shardWritten struct {
	Input        string `json:"input"`
	Output       string `json:"output"`
	OutputFormat string `json:"output_format"`
	Shard        string `json:"shard"`
	Folder       string `json:"folder"`
	Items        int64  `json:"items"`
	Total        int64  `json:"items_of_all"`
	Done         bool   `json:"was_there"`
	Encrypted    bool   `json:"encrypted"`
	Missing      int    `json:"missing_media"`
	Skipped      int    `json:"skipped_records"`
}

func (shardWritten) Kind() string { return "shard" }

func (v shardWritten) Text(w io.Writer) {
	how := ""
	if v.Encrypted {
		how = ", encrypted"
	}
	if v.Done {
		fmt.Fprintf(w, "shard %s was there already: %d of %d items in %s%s\n", v.Shard, v.Items, v.Total, v.Folder, how)
		return
	}
	fmt.Fprintf(w, "wrote shard %s: %d of %d items to %s%s\n", v.Shard, v.Items, v.Total, v.Folder, how)
}
