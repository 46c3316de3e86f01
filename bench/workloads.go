package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strconv"
)

// workloads returns everything that is measured, in the order of the tables.
func (s sizes) workloads() []workload {
	all := s.mediaWorkloads()
	all = append(all, s.annotationWorkloads()...)
	all = append(all, s.growthWorkloads()...)
	all = append(all, s.plainWorkloads()...)
	all = append(all, s.detectionWorkloads()...)
	all = append(all, s.inferenceWorkloads()...)
	all = append(all, s.trainingWorkloads()...)
	all = append(all, s.servingWorkloads()...)
	all = append(all, s.ctrWorkloads()...)
	return append(all, s.machineWorkloads()...)
}

func bothKinds(n int) map[string]int { return map[string]int{"bbox": n, "polygon": n} }

func boxes(n int) map[string]int { return map[string]int{"bbox": n} }

// withOldPeer is a task of both, the peer with and without worker processes,
// and the floor.
func withOldPeer(name, about string, c conversion, apart ...side) workload {
	same := c.asTheyCallIt()
	if c.outputFormat == "coco" {
		three := c
		three.annotations = nil
		twice := three.byPeer(oldPeer, 0)
		twice.name, twice.ratio, twice.rounds = twice.name+", its three files of COCO", false, 1
		apart = append(apart, twice)
	}
	sides := []side{c.byDatum(ourSide), same.byPeer(oldPeer, 0), same.byPeer(oldPeer, 2), c.byFloor()}
	return workload{name: name, about: about, inputs: []string{c.input}, sides: append(sides, apart...)}
}

// asTheyCallIt returns the conversion with the peers' name for what datum
// writes: as "coco" they write the same annotations into two files, and the
// pictures into a third.
func (c conversion) asTheyCallIt() conversion {
	if c.outputFormat == "coco" {
		c.outputFormat = "coco_instances"
	}
	return c
}

func (s sizes) mediaWorkloads() []workload {
	n := s.pictures
	encrypt := conversion{input: "coco-pictures", inputFormat: "coco", outputFormat: "datumaro_binary",
		items: n, files: n + 1, media: true, encrypt: true, annotations: bothKinds(n * perImage)}
	decrypt := conversion{input: "encrypted-pictures", inputFormat: "datumaro_binary", outputFormat: "coco",
		items: n, files: n + 1, media: true, decrypt: true, annotations: bothKinds(n * perImage)}
	return []workload{
		withOldPeer("media-encrypt", fmt.Sprintf("COCO with %s pictures of 126 KB → encrypted, media and all", thousands(n)), encrypt),
		withOldPeer("media-decrypt", "and back to COCO, media and all", decrypt),
	}
}

// fromEncrypted is a conversion of the large encrypted dataset.
func fromEncrypted(input, format string, items int) conversion {
	c := conversion{input: input, inputFormat: "datumaro_binary", outputFormat: format, items: items, files: items, decrypt: true}
	if format == "coco" {
		c.files = 1
	}
	if format == "voc" {
		// The peer loses outlines on the way to VOC; datum paints masks of them
		// unless it is told to do as the peer does.
		c.args = []string{"--voc-polygons", "drop"}
	}
	return c
}

func (s sizes) annotationWorkloads() []workload {
	n := s.large
	encrypt := conversion{input: "coco", inputFormat: "coco", outputFormat: "datumaro_binary", items: n, files: 1, encrypt: true,
		annotations: bothKinds(n * perImage)}
	coco, voc, yolo := fromEncrypted("encrypted", "coco", n), fromEncrypted("encrypted", "voc", n), fromEncrypted("encrypted", "yolo", n)
	coco.annotations, voc.annotations, yolo.annotations = bothKinds(n*perImage), boxes(n*perImage), boxes(n*perImage)
	masks := voc
	masks.args, masks.annotations = nil, nil
	painted := masks.byDatum("datum, painting masks of the outlines")
	painted.rounds = 1
	size := fmt.Sprintf("%s pictures, %s outlines with boxes, annotations only", thousands(n), thousands(n*perImage))
	return []workload{
		withOldPeer("coco-encrypt", "COCO → encrypted: "+size, encrypt),
		withOldPeer("encrypted-coco", "encrypted → COCO: "+size, coco),
		withOldPeer("encrypted-voc", "encrypted → VOC: "+size+"; the boxes, since the peer loses the outlines", voc, painted),
		withOldPeer("encrypted-yolo", "encrypted → YOLO: "+size+"; the boxes, since the format has no outlines", yolo),
	}
}

// growthWorkloads are the same with ten times as many pictures and annotations,
// and with ten times as many pictures alone. Datum does them by itself.
func (s sizes) growthWorkloads() []workload {
	n := s.large * more
	var all []workload
	add := func(name string, c conversion) {
		for _, suffix := range []string{"-10x", "-10x-sparse"} {
			c := c
			c.input += suffix
			one := c.byDatum(ourSide)
			one.rounds = 1
			about := "as " + name + ", with 10 times as many pictures"
			if suffix == "-10x" {
				about += " and annotations"
			}
			all = append(all, workload{name: name + suffix, about: about, inputs: []string{c.input}, sides: []side{one}, growth: name})
		}
	}
	add("coco-encrypt", conversion{input: "coco", inputFormat: "coco", outputFormat: "datumaro_binary", items: n, files: 1, encrypt: true})
	for _, format := range []string{"coco", "voc", "yolo"} {
		add("encrypted-"+format, fromEncrypted("encrypted", format, n))
	}
	return all
}

// plainWorkloads are conversions of what is not encrypted, beside the peer that
// is maintained.
func (s sizes) plainWorkloads() []workload {
	n, labels := s.plain, s.plain*perImage
	size := fmt.Sprintf("%s pictures, %s outlines with boxes, annotations only", thousands(n), thousands(labels))
	folders := fmt.Sprintf("%s small pictures with %d boxes each, annotations only", thousands(s.folder), boxesInPicture)
	one := func(name, about string, c conversion) workload {
		return workload{name: name, about: about, inputs: []string{c.input}, sides: []side{c.byDatum(ourSide), c.asTheyCallIt().byPeer(newPeer, 0)}}
	}
	drop := []string{"--voc-polygons", "drop"}
	return []workload{
		one("coco-binary", "COCO → plain datumaro_binary: "+size, conversion{input: "coco-plain", inputFormat: "coco",
			outputFormat: "datumaro_binary", items: n, files: 1, annotations: bothKinds(labels)}),
		one("binary-coco", "plain datumaro_binary → COCO: "+size, conversion{input: "binary", inputFormat: "datumaro_binary",
			outputFormat: "coco", items: n, files: 1, annotations: bothKinds(labels)}),
		one("coco-voc", "COCO → VOC, the boxes: "+size, conversion{input: "coco-plain", inputFormat: "coco",
			outputFormat: "voc", items: n, files: n, args: drop, annotations: boxes(labels)}),
		one("coco-yolo", "COCO → YOLO, the boxes: "+size, conversion{input: "coco-plain", inputFormat: "coco",
			outputFormat: "yolo", items: n, files: n, annotations: boxes(labels)}),
		one("voc-coco", "VOC → COCO: "+folders, conversion{input: "voc", inputFormat: "voc",
			outputFormat: "coco", items: s.folder, files: 1, annotations: boxes(s.folder * boxesInPicture)}),
		one("yolo-coco", "YOLO → COCO: "+folders, conversion{input: "yolo", inputFormat: "yolo",
			outputFormat: "coco", items: s.folder, files: 1, annotations: boxes(s.folder * boxesInPicture)}),
	}
}

func (s sizes) detectionWorkloads() []workload {
	folder := func(name, format string) workload {
		return workload{
			name: "detect-" + name, about: fmt.Sprintf("detect on a %s folder of %s files", format, thousands(2*s.folder)), inputs: []string{name},
			sides: []side{detectByDatum(name), detectByPeer(name, oldPeer), detectByPeer(name, newPeer)},
		}
	}
	return []workload{
		folder("voc", "VOC"), folder("yolo", "YOLO"),
	}
}

// machineWorkloads are about parts of a conversion, and about the machine.
func (s sizes) machineWorkloads() []workload {
	return []workload{
		{name: "startup", about: "the time from the start of a program to its version", sides: []side{s.startOfDatum(), s.startOfPeer()}},
		{name: encryptionName, about: "megabytes of plaintext a second and core", apart: true, sides: s.encryptionSides()},
		{name: "floor", about: "what the machine does without any conversion", inputs: []string{"coco", "coco-pictures"}, sides: s.floorSides()},
		s.profileWorkload(),
	}
}

func detectByDatum(input string) side {
	return side{name: ourSide, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		dir, err := b.input(ctx, input)
		if err != nil {
			return record{}, err
		}
		u, _, err := measure(ctx, b.datum, "detect", dir)
		return record{usage: u}, err
	}}
}

func detectByPeer(input, version string) side {
	return side{name: "Datumaro " + version, peer: true, ratio: true, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		dir, err := b.input(ctx, input)
		if err != nil {
			return record{}, err
		}
		return b.peer(ctx, version, "detect", dir)
	}}
}

func (s sizes) startOfDatum() side {
	return side{name: ourSide, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		return b.launch(ctx, s.launches, b.datum, "--version")
	}}
}

func (s sizes) startOfPeer() side {
	return side{name: "Datumaro " + oldPeer, peer: true, ratio: true, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		return b.launch(ctx, 1, filepath.Join(b.peers, "datumaro-"+oldPeer, "bin", "python"), "-m", "datumaro", "--version")
	}}
}

// launch starts a program n times and returns the median.
func (b *bench) launch(ctx context.Context, n int, name string, args ...string) (record, error) {
	var cpu, wall []float64
	var u usage
	for range n {
		one, _, err := measure(ctx, name, args...)
		if err != nil {
			return record{}, err
		}
		cpu, wall = append(cpu, one.CPU), append(wall, one.Wall)
		u.Peak, u.Load, u.Others = max(u.Peak, one.Peak), one.Load, max(u.Others, one.Others)
	}
	u.CPU, u.Wall = median(cpu), median(wall)
	return record{usage: u}, nil
}

func (s sizes) encryptionSides() []side {
	worker := func(name, scheme string) side {
		return side{name: name, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
			return b.measureWorker(ctx, "encryption", scheme, fmt.Sprint(s.seconds))
		}}
	}
	python := side{name: "Python cryptography", peer: true, run: func(ctx context.Context, b *bench, _ string, _ bool) (record, error) {
		args := []string{"fernet", fmt.Sprint(s.seconds)}
		for _, size := range encryptionSizes {
			args = append(args, strconv.Itoa(size))
		}
		return b.peer(ctx, oldPeer, args...)
	}}
	return []side{worker("datum's Fernet", "datum"), python, worker("fernet-go", "fernet-go"), worker("age (X25519, ChaCha20-Poly1305)", "age"),
		worker("datum's sealed files (AES-128-GCM)", "sealed"),
		worker("parts of a token, each alone", "parts")}
}

func (s sizes) floorSides() []side {
	program := func(name, input string, run func(ctx context.Context, b *bench, in, out string) (usage, []byte, error)) side {
		return side{name: name, run: func(ctx context.Context, b *bench, out string, _ bool) (record, error) {
			in, err := b.input(ctx, input)
			if err != nil {
				return record{}, err
			}
			u, _, err := run(ctx, b, in, out)
			return record{usage: u}, err
		}}
	}
	create := func(size int) side {
		return program(fmt.Sprintf("create %s files of %d bytes", thousands(s.large), size), "coco",
			func(ctx context.Context, b *bench, _, out string) (usage, []byte, error) {
				return measure(ctx, b.self, workerFlag, "create", out, strconv.Itoa(s.large), strconv.Itoa(size))
			})
	}
	return []side{
		program("cat: the annotations of coco-encrypt", "coco", func(ctx context.Context, _ *bench, in, _ string) (usage, []byte, error) {
			return measure(ctx, "sh", "-c", `cat "$0"/annotations/* >/dev/null`, in)
		}),
		program("cat: the files of media-encrypt", "coco-pictures", func(ctx context.Context, _ *bench, in, _ string) (usage, []byte, error) {
			return measure(ctx, "sh", "-c", `cat "$0"/annotations/* "$0"/images/train/* >/dev/null`, in)
		}),
		program("cp -r: the files of media-encrypt", "coco-pictures", func(ctx context.Context, _ *bench, in, out string) (usage, []byte, error) {
			return measure(ctx, "cp", "-r", in, out)
		}),
		create(300), create(4000),
	}
}
