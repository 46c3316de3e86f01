package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"

	"datum/internal/shapes"
)

// Annotations that were made wrong on purpose, and how many of them a training finds.
const (
	noisyName = "noisy-labels"
	noisySide = 128
	// noisyShare is which part of all annotations is wrong, and which part of the list is
	// looked at: one in so many.
	noisyShare   = 20
	foundOfWrong = "found %"
)

// mistakes are the ways in which annotations are wrong, as side's names.
var mistakes = []struct {
	name         string
	wrong, moved float64
}{
	{ourSide, 1. / noisyShare, 0},
	{"datum, half of them boxes that were moved", 0.5 / noisyShare, 0.5 / noisyShare},
}

// noisyLabels trains on shapes some of which are called something else, or are not where
// they are said to be.
func (s sizes) noisyLabels() workload {
	w := workload{name: noisyName, about: fmt.Sprintf("detection-nano learns %s pictures of shapes, one in %d annotations of which is wrong, in %s: how many of those are in the first twentieth of datum train --noisy-labels",
		thousands(s.noisy), noisyShare, plural(noisyEpochs, "epoch"))}
	for _, m := range mistakes {
		w.sides = append(w.sides, side{name: m.name, peer: true, rounds: 1, run: func(ctx context.Context, b *bench, out string, _ bool) (record, error) {
			data := filepath.Join(out, "shapes")
			ids, err := shapes.Write(data, shapes.Options{Images: []shapes.Subset{{Name: "train", Images: b.sizes.noisy}, {Name: "val", Images: 100}}, Size: noisySide, Seed: 1, Wrong: m.wrong, Moved: m.moved})
			if err != nil {
				return record{}, err
			}
			list := filepath.Join(out, "list.json")
			var said json.RawMessage
			u, err := b.datumWithRuntime(ctx, out, &said, "train", "detection-nano", "--train-data-roots", data, "-o", filepath.Join(out, "run"),
				"--epochs", strconv.Itoa(noisyEpochs), "--input-size", fmt.Sprintf("%[1]dx%[1]d", noisySide), "--noisy-labels", list)
			if err != nil {
				return record{}, err
			}
			found, err := foundIn(list, filepath.Join(data, "annotations", "instances_train.json"), ids)
			return record{usage: u, Values: map[string]float64{foundOfWrong: 100 * found}}, err
		}})
	}
	return w
}

const noisyEpochs = 5

// foundIn returns which part of the wrong annotations is in the first part of a list.
func foundIn(list, annotations string, wrong []int) (float64, error) {
	isWrong := map[string]bool{}
	if err := numberWrong(annotations, wrong, isWrong); err != nil {
		return 0, err
	}
	text, err := os.ReadFile(list)
	if err != nil {
		return 0, err
	}
	var said struct {
		Annotations []struct {
			ID         string
			Annotation int
		}
	}
	if err := json.Unmarshal(text, &said); err != nil {
		return 0, err
	}
	if len(said.Annotations) < noisyShare || len(wrong) == 0 {
		return 0, errors.New("there is nothing to find")
	}
	found := 0
	for _, a := range said.Annotations[:len(said.Annotations)/noisyShare] {
		if isWrong[placeOf(a.ID, a.Annotation)] {
			found++
		}
	}
	return float64(found) / float64(len(wrong)), nil
}

// placeOf names an annotation by its picture and its place in it.
func placeOf(picture string, annotation int) string { return picture + " " + strconv.Itoa(annotation) }

// numberWrong finds the places of annotations by their ids.
func numberWrong(path string, ids []int, wrong map[string]bool) error {
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var file struct {
		Annotations []struct {
			ID    int `json:"id"`
			Image int `json:"image_id"`
		}
	}
	if err := json.Unmarshal(text, &file); err != nil {
		return err
	}
	isWrong := map[int]bool{}
	for _, id := range ids {
		isWrong[id] = true
	}
	seen := map[int]int{}
	for _, a := range file.Annotations {
		if isWrong[a.ID] {
			wrong[placeOf(fmt.Sprintf("%06d", a.Image), seen[a.Image])] = true
		}
		seen[a.Image]++
	}
	return nil
}

// noisyGoals ask for most of the wrong labels.
func noisyGoals() []goal {
	return []goal{{noisyName, "wrong labels that are in the first twentieth of the list", true, 60, " %",
		func(r *results, w *workload) spread { return valueSpread(r.of(w.name, ourSide), foundOfWrong) }}}
}
