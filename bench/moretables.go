package main

import (
	"fmt"
	"strconv"
)

// encryptionName is the workload that has a table of its own.
const encryptionName = "encryption"

// growthTable says what ten times as much costs in memory. The sparse dataset
// has ten times the pictures and as many annotations as the small one, so that
// the bytes of both can be told apart.
func growthTable(r *results, chosen []workload) string {
	t := newTable("### Memory, and how it grows\n\nPeak of datum's process in MB. The growth is that from the first column to the third for pictures, "+
		"and from the third to the second for annotations (an outline and its box), divided by how many there are more.",
		"", "pictures and annotations as above:", "10 × both:", "10 × the pictures:", "bytes a picture:", "bytes an annotation:")
	for i := range chosen {
		w := &chosen[i]
		base, ten, sparse := r.of(w.name, ourSide), r.of(w.name+"-10x", ourSide), r.of(w.name+"-10x-sparse", ourSide)
		if len(base) == 0 || len(ten) == 0 || len(sparse) == 0 {
			continue
		}
		a, b, c := peak(base), peak(ten), peak(sparse)
		pictures := float64(ten[0].Items - base[0].Items)
		t.row(w.name, mega(a), mega(b), mega(c), fmt.Sprintf("%.0f", (c-a)/pictures), fmt.Sprintf("%.1f", (b-c)/(pictures*perImage)))
	}
	return t.String()
}

func peak(runs []record) float64 { return median(each(runs, peakOf)) }

func mega(bytes float64) string { return fmt.Sprintf("%.0f", bytes/1e6) }

// floorTable compares datum's whole run with the sum of its unavoidable parts.
func floorTable(r *results, chosen []workload) string {
	t := newTable("### The whole run over its unavoidable parts\n\nCPU seconds: reading the same files, encrypting or decrypting as many bytes with datum's Fernet "+
		"in pieces that fit the cache, writing files of the same names and sizes; each alone, on one core. Flushing the written files is no part of the sum.",
		"", "reading:", "Fernet:", "writing:", "sum:", "datum:", "datum / sum:", "flushing:")
	for i := range chosen {
		w := &chosen[i]
		floor, ours := r.of(w.name, floorSide), r.of(w.name, ourSide)
		if len(floor) == 0 || len(ours) == 0 {
			continue
		}
		part := func(name string) string {
			return figure(spread{median: median(each(floor, func(x *record) float64 { return x.Values[name] })), n: 1})
		}
		t.row(w.name, part(partRead), part(partFernet), part(partWrite), figure(spreadOf(each(floor, cpuOf))), figure(spreadOf(each(ours, cpuOf))),
			times(ratios(ours, floor, cpuOf)), part(partFlush))
	}
	return t.String()
}

// encryptionTable has MB a second, for each size.
func encryptionTable(r *results, w *workload) string {
	sizes := []string{"1 KB:", "100 KB:", "10 MB:"}
	t := newTable("### encryption\n\nMegabytes of plaintext a CPU second, one core. "+
		"age is no Fernet: it is shown for what another well-made encryption costs.", append([]string{""}, sizes...)...)
	for i := range w.sides {
		runs := r.of(w.name, w.sides[i].name)
		if len(runs) == 0 {
			continue
		}
		for _, verb := range verbs {
			cells := []string{w.sides[i].name + ", " + verb}
			for _, size := range encryptionSizes {
				cells = append(cells, figure(valueSpread(runs, verb+" "+strconv.Itoa(size))))
			}
			if cells[1] != "" {
				t.row(cells...)
			}
		}
	}
	return t.String()
}

// verbs are what values of the encryption are called, before the size.
var verbs = []string{"encrypt", "decrypt", partAESEncrypt, partAESDecrypt, partMAC, partBase64}

func valueSpread(runs []record, name string) spread {
	var values []float64
	for _, x := range runs {
		if v, ok := x.Values[name]; ok {
			values = append(values, v)
		}
	}
	return spreadOf(values)
}
