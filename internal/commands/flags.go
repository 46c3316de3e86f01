package commands

import (
	"maps"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/files"
	"datum/formats"
)

// Headings of groups of options in the help.
const (
	groupInput   = "input"
	groupOutput  = "output"
	groupCrypt   = "encryption"
	groupFormats = "formats"
)

// inputFlags say what to read and how.
func inputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "input-path", Aliases: []string{"i"}, Category: groupInput, Usage: "the dataset to read, a `PATH` or URL of a folder, of one annotation file, or of an archive; - is an archive on standard input, the current folder if not given"},
		&cli.StringFlag{Name: "input-format", Aliases: []string{"if"}, Category: groupInput, Usage: "its `FORMAT`; found out if not given"},
		&cli.BoolFlag{Name: "ignore-sidecar", Category: groupInput, Usage: "read datumaro_binary as Datumaro would, without exact values and without the manifest"},
		&cli.BoolFlag{Name: "allow-external-media", Category: groupInput, Usage: "open media by paths that lead out of the dataset"},
		&cli.BoolFlag{Name: "skip-errors", Category: groupInput, Usage: "leave out bad records, count them, and end with exit code 3"},
		&cli.Int64Flag{Name: "max-image-pixels", Category: groupInput, Usage: "refuse to decode pictures of more than `N` pixels", Value: files.Defaults.ImagePixels},
		&cli.Int64Flag{Name: "max-record-bytes", Category: groupInput, Usage: "refuse annotation files that are read as a whole and have more than `N` bytes", Value: files.Defaults.RecordBytes},
		&cli.Int64Flag{Name: "max-archive-ratio", Category: groupInput, Usage: "refuse archives that unpack to more than `N` times their size", Value: files.Defaults.ArchiveRatio},
		&cli.IntFlag{Name: "max-archive-entries", Category: groupInput, Usage: "refuse archives of more than `N` files", Value: files.Defaults.ArchiveEntries},
		&cli.IntFlag{Name: "num-workers", Aliases: []string{"j"}, Category: groupInput, Usage: "read, encode and encrypt on `N` goroutines; 0 is one for each core"},
	}
}

// outputFlags say where to write and how.
func outputFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "output-dir", Aliases: []string{"o"}, Category: groupOutput, Usage: "the `FOLDER` to write, or its URL; INPUT-FORMAT in the current folder if not given; " +
			"an archive where it ends in .zip, .tar, .tar.gz or .tar.zst, and - is a tar on standard output"},
		&cli.StringFlag{Name: "media", Category: groupOutput, Usage: "`HOW` to save media files: copy, hardlink, symlink or none"},
		&cli.StringFlag{Name: "image-ext", Category: groupOutput, Usage: "encode pictures anew as `EXT` where they have another extension"},
		&cli.StringFlag{Name: "on-collision", Category: groupOutput, Usage: "`WHAT` to do where two items would get one file name: error, rename or subset-prefix", Value: "error"},
		&cli.BoolFlag{Name: "overwrite", Category: groupOutput, Usage: "replace an existing output folder, as a whole"},
		&cli.BoolFlag{Name: "resume", Category: groupOutput, Usage: "keep finished media files when interrupted, and go on with those that the same command kept"},
		&cli.BoolFlag{Name: "if-changed", Category: groupOutput, Usage: "do nothing if the output is there and was made by the same command of the same input; with --overwrite, replace it otherwise"},
		&cli.BoolFlag{Name: "fail-on-loss", Category: groupOutput, Usage: "make it an error, and write nothing, if the target cannot hold everything"},
		&cli.BoolFlag{Name: "skip-missing-media", Category: groupOutput, Usage: "leave out media files that are listed and not there, and end with exit code 3"},
		&cli.BoolFlag{Name: "dry-run", Aliases: []string{"n"}, Category: groupOutput, Usage: "say what would happen and what would be lost, and write nothing"},
		&cli.BoolFlag{Name: "no-sidecar", Category: groupOutput, Usage: "leave out the file of exact values and places beside each subset of datumaro_binary; the loss is reported"},
		&cli.BoolFlag{Name: "cuboid2d-before-1.12", Category: groupOutput, Usage: "write 2D cuboids of a plain datumaro_binary dataset for Datumaro 1.10 and 1.11, not for 1.12 and later"},
	}
}

// cipherFlags say what to encrypt.
func cipherFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "key-out", Category: groupCrypt, Usage: "write a new key to `FILE`, which must not exist; without it the key is left in the output folder as " + datum.SecretKeyFile},
		&cli.BoolFlag{Name: "no-media-encryption", Category: groupCrypt, Usage: "encrypt the annotations only and save the media in plain"},
		&cli.BoolFlag{Name: "encrypt-all-media", Category: groupCrypt, Usage: "encrypt also what Datumaro always left in plain: point clouds, their pictures and videos. " +
			"Datumaro 1.5 to 1.11.1 still reads the annotations and the pictures of such a dataset, but cannot open these files"},
	}
}

// keyFlags say where a key comes from.
func keyFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "encryption-key-file", Aliases: []string{"key-file", "k"}, Category: groupCrypt, Usage: "`FILE` with the key; - is standard input (also: DATUM_ENCRYPTION_KEY_FILE)"},
		&cli.StringFlag{Name: "encryption-key", Category: groupCrypt, Usage: "the `KEY` itself; others on this machine can read it, a file is safer (also: DATUM_ENCRYPTION_KEY, ENCRYPTION_KEY)"},
	}
}

func concat(lists ...[]cli.Flag) []cli.Flag {
	var out []cli.Flag
	for _, l := range lists {
		out = append(out, l...)
	}
	return out
}

// mostThreads is how many threads may be asked for.
const mostThreads = 1024

// within refuses a whole number that is not from least to most.
func within(c *cli.Command, name string, least, most int) error {
	if n := c.Int(name); n < least || n > most {
		return usagef(c, "--%s is from %d to %d, not %d", name, least, most, n)
	}
	return nil
}

// readOptions returns what inputFlags say.
func (a *app) readOptions(c *cli.Command) (datum.Options, error) {
	if c.Int("num-workers") < 0 {
		return datum.Options{}, usagef(c, "--num-workers cannot be negative")
	}
	o := datum.Options{Registry: a.registry, Format: c.String("input-format"), Stdin: a.stdin, Store: a.store, ImportOptions: formats.ImportOptions{
		Workers: c.Int("num-workers"), IgnoreSidecar: c.Bool("ignore-sidecar"), AllowExternalMedia: c.Bool("allow-external-media"),
		Limits: limits(c), Values: formatValues(a.registry, c),
	}}
	if c.Bool("skip-errors") {
		o.Skip = &formats.Skipped{}
	}
	return o, nil
}

func limits(c *cli.Command) files.Limits {
	return files.Limits{
		RecordBytes: c.Int64("max-record-bytes"), ImagePixels: c.Int64("max-image-pixels"),
		ArchiveRatio: c.Int64("max-archive-ratio"), ArchiveEntries: c.Int("max-archive-entries"),
	}
}

// Which options of formats count for a command.
func reads(o formats.Option) bool  { return o.Import }
func writes(o formats.Option) bool { return o.Export }
func both(formats.Option) bool     { return true }

// formatFlags are the options of the formats themselves that count.
func formatFlags(r *formats.Registry, count func(formats.Option) bool) []cli.Flag {
	var flags []cli.Flag
	seen := map[string]bool{}
	for _, f := range r.All() {
		for _, o := range f.Options {
			if seen[o.Name] || !count(o) { // two formats of one package share it
				continue
			}
			seen[o.Name] = true
			flags = append(flags, &cli.StringFlag{Name: o.Name, Category: groupFormats, Usage: formatUsage(o)})
		}
	}
	return flags
}

func formatUsage(o formats.Option) string {
	usage := o.Usage
	if len(o.Values) > 0 {
		usage += ": `ONE` of " + strings.Join(o.Values, ", ")
	}
	if o.Default != "" {
		usage += " (" + o.Default + " if not given)"
	}
	return usage
}

// checkMeaning refuses an option of a format that is neither read nor written
// here: to ignore it would be to do something else than was asked for.
func checkMeaning(v formats.Values, c *cli.Command, in, out *formats.Format) error {
	known := func(f *formats.Format, name string, counts func(formats.Option) bool) bool {
		return f != nil && slices.ContainsFunc(f.Options, func(o formats.Option) bool { return o.Name == name && counts(o) })
	}
	for _, name := range slices.Sorted(maps.Keys(v)) {
		if known(in, name, func(o formats.Option) bool { return o.Import }) || known(out, name, func(o formats.Option) bool { return o.Export }) {
			continue
		}
		where := "the input is in the format " + in.Name
		if out != nil {
			where += ", the output in " + out.Name
		}
		return usagef(c, "--%s means nothing here: %s", name, where)
	}
	return nil
}

// formatValues returns what was set of formatFlags.
func formatValues(r *formats.Registry, c *cli.Command) formats.Values {
	v := formats.Values{}
	for _, f := range r.All() {
		for _, o := range f.Options {
			if c.IsSet(o.Name) {
				v[o.Name] = c.String(o.Name)
			}
		}
	}
	return v
}

// inputPath returns the dataset that a command is about, and no more arguments
// may there be.
func inputPath(c *cli.Command) (string, error) {
	in, rest := pick(c.String("input-path"), c.Args().Slice())
	if len(rest) > 0 {
		return "", usagef(c, "too many arguments: %q", rest)
	}
	if in == "" {
		in = "."
	}
	return in, nil
}

// pick takes a value from its option, or else from the arguments.
func pick(option string, args []string) (string, []string) {
	if option != "" || len(args) == 0 {
		return option, args
	}
	return args[0], args[1:]
}
