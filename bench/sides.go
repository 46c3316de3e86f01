package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"
)

// conversion is a task of datum convert.
type conversion struct {
	input, inputFormat, outputFormat string
	// items is how many pictures there are, files how many files the output has
	// at least.
	items, files int
	// media are saved, the output or the input is encrypted.
	media, encrypt, decrypt bool
	// args are more arguments of datum.
	args []string
	// annotations are what the output has to hold, by kind.
	annotations map[string]int
}

// byDatum is datum's side of a conversion.
func (c conversion) byDatum(name string, args ...string) side {
	return side{name: name, run: func(ctx context.Context, b *bench, out string, first bool) (record, error) {
		in, err := b.input(ctx, c.input)
		if err != nil {
			return record{}, err
		}
		u, text, err := measure(ctx, b.datum, append(c.commandLine(b, in, out), args...)...)
		if err != nil {
			return record{}, err
		}
		x, err := readSummary(text)
		x.usage = u
		if err != nil {
			return x, err
		}
		return x, c.check(ctx, b, out, &x, first)
	}}
}

// commandLine returns datum's arguments.
func (c conversion) commandLine(b *bench, in, out string) []string {
	args := []string{"--json", "--quiet", "convert", "-i", in, "-if", c.inputFormat, "-o", out, "-f", c.outputFormat}
	if c.media {
		args = append(args, "--save-media")
	}
	if c.encrypt {
		args = append(args, "--encryption")
	}
	if c.encrypt || c.decrypt {
		args = append(args, "--key-file", b.key)
	}
	return append(args, c.args...)
}

// readSummary reads what datum convert says of itself.
func readSummary(text []byte) (record, error) {
	var said map[string]any
	if err := json.Unmarshal(text, &said); err != nil {
		return record{}, fmt.Errorf("datum's summary: %w", err)
	}
	x := record{}
	if n, ok := said["items"].(float64); ok {
		x.Items = int(n)
	}
	for name, v := range said {
		if strings.HasPrefix(name, "flush") {
			x.Flush = seconds(name, v)
		}
	}
	return x, nil
}

// seconds reads a time that is given as a number of seconds, or of the unit that
// its name ends in, or as a text with a unit.
func seconds(name string, v any) *float64 {
	var s float64
	switch v := v.(type) {
	case float64:
		s = v
		if strings.HasSuffix(name, "_ms") {
			s /= 1e3
		} else if strings.HasSuffix(name, "_ns") {
			s /= 1e9
		}
	case string:
		d, err := time.ParseDuration(v)
		if err != nil {
			return nil
		}
		s = d.Seconds()
	default:
		return nil
	}
	return &s
}

// Versions of the peers, as the folders of their virtual environments are
// called.
const (
	oldPeer = "1.11.1"
	newPeer = "1.13.12"
)

// byPeer is a peer's side of a conversion.
func (c conversion) byPeer(version string, workers int) side {
	name := "Datumaro " + version
	if workers > 0 {
		name += fmt.Sprintf(", %d workers", workers)
	}
	return side{name: name, peer: true, ratio: true, run: func(ctx context.Context, b *bench, out string, first bool) (record, error) {
		in, err := b.input(ctx, c.input)
		if err != nil {
			return record{}, err
		}
		args := []string{"convert", in, c.inputFormat, out, c.outputFormat, "--workers", strconv.Itoa(workers)}
		if c.media {
			args = append(args, "--media")
		}
		if c.encrypt {
			args = append(args, "--encrypt")
		}
		if c.encrypt || c.decrypt {
			args = append(args, "--key-file", b.key)
		}
		x, err := b.peer(ctx, version, args...)
		if err != nil {
			return x, err
		}
		return x, c.check(ctx, b, out, &x, first)
	}}
}

// peer runs the script with a peer and returns what it says, beside what its
// whole process took.
func (b *bench) peer(ctx context.Context, version string, args ...string) (record, error) {
	return b.python(ctx, "datumaro-"+version, b.script("peer.py"), args...)
}

// python is peer for any script and virtual environment.
func (b *bench) python(ctx context.Context, environment, script string, args ...string) (record, error) {
	interpreter := filepath.Join(b.peers, environment, "bin", "python")
	whole, out, err := measure(ctx, interpreter, append([]string{script}, args...)...)
	if err != nil {
		return record{}, err
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	var said struct {
		CPU, Wall float64
		Items     int
		Formats   []string
		Values    map[string]float64
	}
	if err := json.Unmarshal([]byte(lines[len(lines)-1]), &said); err != nil {
		return record{}, fmt.Errorf("what %s says: %w", script, err)
	}
	if args[0] == "detect" && len(said.Formats) == 0 {
		return record{}, fmt.Errorf("no format found")
	}
	x := record{usage: whole, Whole: &whole, Items: said.Items, Values: said.Values}
	x.CPU, x.Wall = said.CPU, said.Wall
	return x, nil
}

// check looks at an output, so that a run which fails is never a fast one, and
// in the first round counts the annotations.
func (c conversion) check(ctx context.Context, b *bench, out string, x *record, first bool) (err error) {
	if x.Files, x.Bytes, err = b.count(ctx, out); err != nil {
		return err
	}
	if x.Items != c.items {
		return fmt.Errorf("%d items, not %d", x.Items, c.items)
	}
	if x.Files < c.files {
		return fmt.Errorf("%d files, not %d", x.Files, c.files)
	}
	if !first || c.annotations == nil {
		return nil
	}
	if x.Annotations, err = b.countAnnotations(ctx, out, c); err != nil {
		return err
	}
	for kind, n := range c.annotations {
		if x.Annotations[kind] != n {
			return fmt.Errorf("%d annotations of kind %s, not %d", x.Annotations[kind], kind, n)
		}
	}
	return nil
}

// countAnnotations has datum read an output, its own or a peer's. Without
// pictures a peer's YOLO folder does not say how large they are, so that nobody
// can read it: there the lines are counted.
func (b *bench) countAnnotations(ctx context.Context, dir string, c conversion) (map[string]int, error) {
	if c.outputFormat == "yolo" {
		values, err := b.worker(ctx, "lines", filepath.Join(dir, "obj_train_data"))
		return map[string]int{"bbox": int(values["lines"])}, err
	}
	args := []string{"--json", "--quiet", "info", dir, "-if", c.outputFormat}
	if c.encrypt {
		args = append(args, "--key-file", b.key)
	}
	_, text, err := measure(ctx, b.datum, args...)
	if err != nil {
		return nil, err
	}
	var said struct{ Annotations map[string]int }
	return said.Annotations, json.Unmarshal(text, &said)
}

// byFloor does the unavoidable parts of a conversion. Datum has to have written
// the same output in this round or before: the files are to be as many and as
// large.
func (c conversion) byFloor() side {
	direction := "neither"
	if c.encrypt {
		direction = "encrypt"
	} else if c.decrypt {
		direction = "decrypt"
	}
	return side{name: floorSide, run: func(ctx context.Context, b *bench, out string, _ bool) (record, error) {
		in, err := b.input(ctx, c.input)
		if err != nil {
			return record{}, err
		}
		like, err := c.listOfOutput(ctx, b, in, out)
		if err != nil {
			return record{}, err
		}
		x, err := b.measureWorker(ctx, "floor", in, like, out, direction)
		if err != nil {
			return x, err
		}
		x.Files, x.Bytes, err = b.count(ctx, out)
		x.CPU = x.Values[partRead] + x.Values[partFernet] + x.Values[partWrite]
		return x, err
	}}
}

// listOfOutput returns the file with the names and sizes of what datum writes;
// it converts once where there is none yet.
func (c conversion) listOfOutput(ctx context.Context, b *bench, in, out string) (string, error) {
	path := filepath.Join(b.made(), "files-of-"+c.input+"-as-"+c.outputFormat)
	if _, err := os.Stat(path); err == nil {
		return path, nil
	}
	if _, _, err := measure(ctx, b.datum, c.commandLine(b, in, out)...); err != nil {
		return "", err
	}
	if _, err := b.worker(ctx, "list", out, path); err != nil {
		return "", err
	}
	return path, os.RemoveAll(out)
}

// count returns how many files a folder has, and how large they are in all. A
// process of its own counts: ours stays small, since no child is measured to be
// smaller than we are.
func (b *bench) count(ctx context.Context, dir string) (files int, bytes int64, err error) {
	values, err := b.worker(ctx, "count", dir)
	return int(values["files"]), int64(values["bytes"]), err
}

const floorSide = "unavoidable parts"
