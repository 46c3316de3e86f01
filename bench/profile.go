package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"

	"github.com/google/pprof/profile"

	"datum"
	"datum/crypto/key"
	"datum/formats"
)

// profileName is the workload that says where the time goes.
const profileName = "profile"

// profileWorkload converts inside of a process of ours, under the profiler, and
// has the share of each part in percent.
func (s sizes) profileWorkload() workload {
	w := workload{name: profileName, about: "where datum's CPU time goes", apart: true}
	add := func(name, input, output, polygons string) {
		w.inputs = append(w.inputs, input)
		w.sides = append(w.sides, side{name: name, rounds: 1, run: func(ctx context.Context, b *bench, out string, _ bool) (record, error) {
			in, err := b.input(ctx, input)
			if err != nil {
				return record{}, err
			}
			return b.measureWorker(ctx, "profile", in, out, output, b.key, polygons)
		}})
	}
	add("coco-encrypt", "coco", "datumaro_binary", "")
	add("encrypted-coco", "encrypted", "coco", "")
	add("encrypted-voc", "encrypted", "voc", "drop")
	add("encrypted-voc with masks", "encrypted", "voc", "masks")
	add("encrypted-yolo", "encrypted", "yolo", "")
	return w
}

// profileConversion returns the share of each part in the CPU time of a
// conversion, in percent.
func profileConversion(in, out, format, keyFile, polygons string) (map[string]float64, error) {
	k, err := key.ReadFile(keyFile)
	if err != nil {
		return nil, err
	}
	var source datum.Options
	var target datum.ExportOptions
	if format == "datumaro_binary" {
		target.Key = k
	} else {
		source.Key = k
	}
	if polygons != "" {
		target.Values = formats.Values{"voc-polygons": polygons}
	}
	var samples bytes.Buffer
	if err := pprof.StartCPUProfile(&samples); err != nil {
		return nil, err
	}
	err = convertOnce(in, out, format, source, target)
	pprof.StopCPUProfile()
	if err != nil {
		return nil, err
	}
	return shares(samples.Bytes())
}

func convertOnce(in, out, format string, source datum.Options, target datum.ExportOptions) error {
	ds, err := datum.Open(context.Background(), in, source)
	if err != nil {
		return err
	}
	_, err = datum.Export(context.Background(), ds, out, format, target)
	return errors.Join(err, ds.Close())
}

// shares adds up the samples of a profile by part.
func shares(text []byte) (map[string]float64, error) {
	p, err := profile.ParseData(text)
	if err != nil {
		return nil, err
	}
	sums, total := map[string]float64{}, 0.0
	for _, s := range p.Sample {
		// The second value is the CPU time in nanoseconds.
		t := float64(s.Value[1])
		sums[partOf(functions(s))] += t
		total += t
	}
	for part := range sums {
		sums[part] *= 100 / max(1, total)
	}
	return sums, nil
}

// functions returns the names of a sample's functions, the innermost first.
func functions(s *profile.Sample) []string {
	var names []string
	for _, l := range s.Location {
		for _, at := range l.Line {
			names = append(names, at.Function.Name)
		}
	}
	return names
}

// knownParts are packages by the beginning of their path, and what they are
// called in the table.
var knownParts = []struct{ prefix, part string }{
	{"crypto/", "AES and SHA-256"},
	{"github.com/segmentio/asm/", "base64"},
	{"github.com/go-json-experiment/json", "JSON tokens"},
	{"github.com/klauspost/compress/", "zstd"},
	{"google.golang.org/protobuf/", "protocol buffers"},
	{"compress/", "deflate"},
}

// partOf says what a sample is counted as: system calls and the work of the
// garbage collector for themselves, the rest for the innermost package that is
// known or our own.
func partOf(names []string) string {
	for _, n := range names {
		if strings.HasPrefix(n, "runtime.gc") || strings.HasPrefix(n, "runtime.bgsweep") || strings.HasPrefix(n, "runtime.bgscavenge") {
			return "garbage collection"
		}
	}
	for i, n := range names {
		if i == 0 && (strings.HasPrefix(n, "internal/runtime/syscall") || strings.HasPrefix(n, "syscall.")) {
			return "system calls"
		}
		for _, k := range knownParts {
			if strings.HasPrefix(n, k.prefix) {
				return k.part
			}
		}
		if strings.HasPrefix(n, "datum/") || strings.HasPrefix(n, "datum.") {
			return packageOf(n)
		}
	}
	return "runtime"
}

// packageOf returns the path of a function's package, below datum.
func packageOf(name string) string {
	dir, last := filepath.Split(strings.TrimPrefix(name, "datum/"))
	last, _, _ = strings.Cut(last, ".")
	return dir + last
}

// profileTable has a column for each conversion, and the greatest parts first.
func profileTable(r *results, w *workload) string {
	columns, all := []string{"% of CPU"}, map[string]float64{}
	byColumn := []map[string]float64{}
	for i := range w.sides {
		for _, x := range r.of(w.name, w.sides[i].name) {
			columns = append(columns, x.Side+":")
			byColumn = append(byColumn, x.Values)
			for part, share := range x.Values {
				all[part] += share
			}
		}
	}
	t := newTable("### Where the time goes\n\nThe CPU time of datum by the package in which it is spent, in percent of the whole conversion; "+
		"what the standard library does is counted for the package that has asked for it. Less than 1 % is left out.", columns...)
	byShare := func(a, b string) int { return cmp.Or(cmp.Compare(all[b], all[a]), cmp.Compare(a, b)) }
	for _, part := range slices.SortedFunc(maps.Keys(all), byShare) {
		cells, worth := []string{part}, false
		for _, values := range byColumn {
			cell := ""
			if values[part] >= 1 {
				cell, worth = fmt.Sprintf("%.0f", values[part]), true
			}
			cells = append(cells, cell)
		}
		if worth {
			t.row(cells...)
		}
	}
	return t.String()
}
