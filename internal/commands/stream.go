package commands

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/formats"
	"datum/internal/exitcode"
	"datum/train/loader"
	"datum/train/webdataset"
)

func (a *app) streamCommand() *cli.Command {
	return &cli.Command{
		Name:      "stream",
		Usage:     "write a dataset as a tar stream that webdataset reads, to train on it elsewhere",
		UsageText: "datum stream DATASET [--encryption-key-file FILE] [--subset NAME] [--shuffle --seed N] [-o unix:PATH]",
		Description: `Decrypts in memory and writes a WebDataset: KEY.jpg, KEY.json with the annotations, and KEY.cls with the number of the label
where an item has one. Nothing is written to a disk, and memory does not grow with the dataset. A key is SUBSET/ID, with %2E for dots. docs/stream.md has all of it.

  wds.WebDataset("pipe:datum stream -q -i DATASET -k KEYFILE --subset train --shuffle --seed 1")
  wds.WebDataset("pipe:datum stream -q -i DATASET -k KEYFILE --shard {0..3}/4")     for four workers of a DataLoader

With -o unix:PATH it listens on a Unix socket that only the same user can open, and writes the whole stream to everyone who connects, until
it is interrupted; the n-th connection is shuffled by the seed plus n. A reader who goes away early is no error: the exit code is 0.`,
		Flags: append(concat(inputFlags(), formatFlags(a.registry, reads), keyFlags()),
			&cli.StringFlag{Name: "output", Aliases: []string{"o"}, Category: groupOutput, Usage: "`WHERE` to write: - is standard output, unix:PATH a socket to listen on", Value: datum.Stdin},
			&cli.BoolFlag{Name: "allow-plaintext-file", Category: groupOutput, Usage: "write an encrypted dataset also where standard output is a file"},
			&cli.StringFlag{Name: "subset", Category: groupOutput, Usage: "only the items of the subset `NAME`"},
			&cli.BoolFlag{Name: "shuffle", Category: groupOutput, Usage: "in an order that the seed chooses"},
			&cli.Uint64Flag{Name: "seed", Category: groupOutput, Usage: "choose the order by the number `N`"},
			&cli.Int64Flag{Name: "shuffle-bytes", Category: groupOutput, Usage: "keep items of `N` bytes in memory to choose among; 0 is 64 megabytes"},
			&cli.StringFlag{Name: "shard", Category: groupOutput, Usage: "only every N-th item, from number I on, where `I/N` is 0/4 or 3/4"},
		),
		Action: a.stream,
	}
}

// streaming is one run of the command.
type streaming struct {
	*app
	c    *cli.Command
	read datum.Options
	load loader.Options
}

func (a *app) stream(ctx context.Context, c *cli.Command) error {
	load, err := a.loaderOptions(c)
	if err != nil {
		return err
	}
	// What is said goes elsewhere.
	speaking := *a
	speaking.stdout = a.stderr
	if err := speaking.speak(c); err != nil {
		return err
	}
	m, read, err := speaking.findWithKey(ctx, c, speaking.keyOf)
	if err != nil {
		return err
	}
	defer m.Close()
	load.Workers, load.Limits, load.Skip = read.Workers, read.Limits, read.Skip
	s := &streaming{&speaking, c, read, load}
	if path, ok := strings.CutPrefix(c.String("output"), "unix:"); ok {
		return s.serve(ctx, m, path)
	}
	if err := mayWrite(c, m, a.stdout); err != nil {
		return err
	}
	w, err := s.write(ctx, m, &leaving{ctx, a.stdout}, load)
	if err != nil {
		return err
	}
	if c.Bool("json") {
		if err := s.Result(streamed{w, countOf(load.Skip)}); err != nil {
			return err
		}
	}
	s.Note("%d samples, %d bytes", w.Samples, w.Bytes)
	return s.skipped(load.Skip)
}

func (a *app) loaderOptions(c *cli.Command) (o loader.Options, err error) {
	o = loader.Options{Subset: c.String("subset"), Shuffle: c.Bool("shuffle"), Seed: c.Uint64("seed"), ShuffleBytes: c.Int64("shuffle-bytes")}
	if !o.Shuffle && (c.IsSet("seed") || c.IsSet("shuffle-bytes")) {
		return o, usagef(c, "--seed and --shuffle-bytes have no meaning without --shuffle")
	}
	out := c.String("output")
	if (!strings.HasPrefix(out, "unix:") || out == "unix:") && out != datum.Stdin {
		return o, usagef(c, "--output is - or unix:PATH, not %q; datum convert writes folders and archives", out)
	}
	if shard := c.String("shard"); shard != "" {
		i, n, _ := strings.Cut(shard, "/")
		var bad error
		o.Shard, err = strconv.Atoi(i)
		o.Shards, bad = strconv.Atoi(n)
		if err != nil || bad != nil || o.Shards < 1 || o.Shard < 0 || o.Shard >= o.Shards {
			return o, usagef(c, "--shard is I/N with I from 0 to N-1, not %q", shard)
		}
	}
	return o, nil
}

// mayWrite refuses to leave a decrypted copy of a dataset on a disk, unless that
// was asked for, and a tar on a terminal.
func mayWrite(c *cli.Command, m *datum.Found, to io.Writer) error {
	f, ok := to.(*os.File)
	if !ok {
		return nil
	}
	if isTerminal(f) {
		return usagef(c, "a tar stream is nothing for a terminal; it goes into a pipe")
	}
	st, err := f.Stat()
	if err != nil || !m.Encrypted || c.Bool("allow-plaintext-file") {
		return nil
	}
	if mode := st.Mode(); mode.IsRegular() || mode&os.ModeDevice != 0 && mode&os.ModeCharDevice == 0 {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "standard output is a file, and the dataset would lie in it decrypted"),
			"a pipe or -o unix:PATH leaves nothing on the disk; --allow-plaintext-file writes it all the same")
	}
	return nil
}

// write opens the dataset that was found and writes it.
func (s *streaming) write(ctx context.Context, m *datum.Found, to io.Writer, o loader.Options) (webdataset.Written, error) {
	ds, err := m.Open(ctx, s.read.ImportOptions)
	if err != nil {
		return webdataset.Written{}, err
	}
	defer ds.Close()
	w, err := webdataset.Write(ctx, to, ds, o)
	if err == nil {
		s.Loss("tolerated", ds.Notes())
	}
	return w, err
}

// leaving is a writer that is left alone when ctx ends: a pipe whose reader does
// not read would keep the program from ending otherwise. What was being written
// then must not be changed any more.
type leaving struct {
	ctx context.Context
	to  io.Writer
}

func (l *leaving) Write(b []byte) (int, error) {
	type result struct {
		n   int
		err error
	}
	done := make(chan result, 1)
	go func() {
		n, err := l.to.Write(b)
		done <- result{n, err}
	}()
	select {
	case r := <-done:
		return r.n, r.err
	case <-l.ctx.Done():
		return 0, l.ctx.Err()
	}
}

// streamed is what was written.
type streamed struct {
	webdataset.Written
	LeftOut int `json:"left_out"`
}

func (streamed) Kind() string { return "stream" }

func (v streamed) Text(w io.Writer) {
	fmt.Fprintf(w, "%d samples, %d bytes\n", v.Samples, v.Bytes)
}

// wentAway reports whether a reader has had enough.
func wentAway(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET)
}

// ended is how the serving of a socket ends: by an interruption, which is no
// failure, but what was left out is told.
func (s *streaming) ended(served int) error {
	s.Note("%d connections were served", served)
	if n := countOf(s.load.Skip); n > 0 {
		return formats.Reason(exitcode.ErrPartial, "%d bad records were left out", n)
	}
	return nil
}
