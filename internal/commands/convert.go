package commands

import (
	"context"
	"strings"

	"github.com/urfave/cli/v3"

	"datum"
)

func (a *app) convertCommand() *cli.Command {
	return &cli.Command{
		Name:      "convert",
		Usage:     "write a dataset in another format",
		UsageText: "datum convert [-i] IN [-o] OUT -f FORMAT [options]",
		Description: `The command lines of Datumaro work, with and without "--":

  datum convert -i IN -if coco -o OUT -f datumaro_binary -- --save-media --encryption

With --encryption and no key, a new key is made and left in OUT/` + datum.SecretKeyFile + `, unless
--key-out names another place. Move it away: whoever has the folder has the key.
The key that is given opens an encrypted input, and with --encryption encrypts the output.`,
		Flags: append(concat(inputFlags(), []cli.Flag{
			&cli.StringFlag{Name: "output-format", Aliases: []string{"f"}, Category: groupOutput, Usage: "the `FORMAT` to write; datum formats lists them"},
			&cli.BoolFlag{Name: "save-media", Aliases: []string{"save-images"}, Category: groupOutput, Usage: "save the media files: --media copy"},
		}, outputFlags(), shardFlags(), formatFlags(a.registry, both), []cli.Flag{
			&cli.BoolFlag{Name: "encryption", Category: groupCrypt, Usage: "encrypt the output, under the key given or a new one"},
		}, keyFlags(), cipherFlags(), eventFlags(), sameAsOurs()), datumaroFlags()...),
		Action: a.convert,
	}
}

// datumaroFlags are those of Datumaro's convert and of its exporters that mean
// something which is not there yet.
func datumaroFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "filter", Aliases: []string{"e"}, Hidden: true},
		&cli.StringFlag{Name: "filter-mode", Hidden: true},
		&cli.StringFlag{Name: "segmentation-mode", Hidden: true},
		&cli.BoolFlag{Name: "crop-covered", Hidden: true},
		&cli.StringFlag{Name: "allow-attributes", Hidden: true},
		&cli.StringFlag{Name: "reindex", Hidden: true},
		&cli.StringFlag{Name: "merge-images", Hidden: true},
		&cli.StringFlag{Name: "tasks", Hidden: true},
		&cli.BoolFlag{Name: "save-dataset-meta", Hidden: true},
		&cli.StringFlag{Name: "apply-colormap", Hidden: true},
		&cli.StringFlag{Name: "label-map", Hidden: true},
		&cli.StringFlag{Name: "keep-empty", Hidden: true},
		&cli.StringFlag{Name: "max-blob-size", Hidden: true},
	}
}

// sameAsOurs are options of Datumaro's exporters that have another name here.
func sameAsOurs() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "coordinate-mode", Hidden: true},
		&cli.StringFlag{Name: "add-path-prefix", Hidden: true}, // paths of lists are always such as Datumaro reads
	}
}

// takeTheirs gives the options of sameAsOurs their names.
func (j *job) takeTheirs(c *cli.Command) error {
	switch mode := c.String("coordinate-mode"); mode {
	case "":
	case "dm-zero-based", "voc-one-based":
		_, mode, _ = strings.Cut(mode, "-")
		j.options.Values["voc-coordinates"] = mode
	default:
		return usagef(c, "--coordinate-mode is dm-zero-based or voc-one-based, not %q", mode)
	}
	return nil
}

func (a *app) convert(ctx context.Context, c *cli.Command) error {
	for _, f := range datumaroFlags() {
		if name := f.Names()[0]; c.IsSet(name) {
			return usagef(c, "the option --%s of Datumaro is not there yet", name)
		}
	}
	format := c.String("output-format")
	if format == "" {
		return usagef(c, "the format of the output is missing: -f FORMAT")
	}
	if c.IsSet("shard") {
		if err := checkShard(c); err != nil {
			return err
		}
	}
	j, err := a.newJob(ctx, c, format)
	if err != nil {
		return err
	}
	defer j.in.Close()
	j.options.SaveMedia = c.String("media") != mediaNone && (c.Bool("save-media") || c.IsSet("media"))
	if err := j.takeTheirs(c); err != nil {
		return err
	}
	if err := j.convertKeys(c); err != nil {
		return err
	}
	if c.IsSet("shard") {
		if j.isEvents() {
			return usagef(c, "a log of events is not divided into shards")
		}
		return j.runShard(ctx, c)
	}
	return j.run(ctx)
}

// convertKeys gives the key to the input, the output, or both.
func (j *job) convertKeys(c *cli.Command) (err error) {
	encrypt := c.Bool("encryption")
	switch {
	case j.in.Encrypted:
		j.input.Key, err = j.keyOf(c, j.in)
	case encrypt || keyGivenByFlag(c):
		j.input.Key, err = j.givenKey(c)
	}
	if err != nil || !encrypt {
		return err
	}
	k := j.input.Key
	if j.options.KeyOut != "" && !(keyGivenByFlag(c) && !j.in.Encrypted) {
		k = nil // a new key is wanted
	}
	if !j.in.Encrypted {
		j.input.Key = nil
	}
	j.encryptUnder(k)
	return nil
}
