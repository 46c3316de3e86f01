package commands

import (
	"context"
	"slices"
	"strings"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/crypto/key"
	"datum/formats"
)

// trainingData are the datasets of a training. Val may be the same as Train.
type trainingData struct {
	train, val             *datum.Dataset
	found                  []*datum.Found
	trainSubset, valSubset string
	encrypted              bool
	key                    *key.Key
	options                datum.Options
}

func (d *trainingData) close() {
	if d.val != nil && d.val != d.train {
		d.val.Close()
	}
	if d.train != nil {
		d.train.Close()
	}
	for _, m := range d.found {
		m.Close()
	}
	if d.key != nil {
		d.key.Destroy()
	}
}

// trainingData opens what is to be learnt from, and validated with. A wrong key is
// found here, before anything else is done.
func (a *app) trainingData(ctx context.Context, c *cli.Command) (*trainingData, error) {
	if c.String("train-data-roots") == "" {
		return nil, usagef(c, "the dataset is missing: --train-data-roots DATASET")
	}
	if c.String("output") == "" && !c.Bool("dry-run") {
		return nil, usagef(c, "the folder to write into is missing: -o RUN")
	}
	options, err := a.readOptions(c)
	if err != nil {
		return nil, err
	}
	d := &trainingData{options: options}
	if err = a.openRoots(ctx, c, d); err == nil {
		err = d.subsets(c)
	}
	if err != nil {
		d.close()
		return nil, err
	}
	return d, nil
}

func (a *app) openRoots(ctx context.Context, c *cli.Command, d *trainingData) (err error) {
	root := c.String("train-data-roots")
	if d.train, err = a.openRoot(ctx, c, d, root); err != nil {
		return err
	}
	d.val = d.train
	if val := c.String("val-data-roots"); val != "" && !sameFile(val, root) {
		if d.val, err = a.openRoot(ctx, c, d, val); err != nil {
			return err
		}
	}
	return keyIsNeeded(c, d.encrypted)
}

// keyIsNeeded refuses a key where nothing is encrypted: whoever gives one may
// expect that the model is sealed under it.
func keyIsNeeded(c *cli.Command, encrypted bool) error {
	if encrypted || !keyGivenByFlag(c) {
		return nil
	}
	return formats.WithHint(formats.Reason(formats.ErrKey, "a key was given, but what is to be learnt from is not encrypted"), "leave the key out; datum model encrypt seals a model")
}

func (a *app) openRoot(ctx context.Context, c *cli.Command, d *trainingData, path string) (*datum.Dataset, error) {
	o := d.options
	m, err := findDataset(ctx, path, o)
	if err != nil {
		return nil, err
	}
	d.found = append(d.found, m)
	if m.Encrypted && d.key == nil {
		if d.key, err = a.keyOf(c, m); err != nil {
			return nil, err
		}
	}
	if m.Encrypted { // the other one may be plain
		o.Key, d.encrypted = d.key, true
	}
	return m.Open(ctx, o.ImportOptions)
}

// subsets finds out which subsets are meant.
func (d *trainingData) subsets(c *cli.Command) error {
	d.trainSubset, d.valSubset = c.String("train-subset"), c.String("val-subset")
	have := subsetNames(d.train)
	switch {
	case d.trainSubset != "":
		if err := hasSubset(have, d.trainSubset); err != nil {
			return err
		}
	case slices.Contains(have, "train"):
		d.trainSubset = "train"
	case len(have) > 1:
		return formats.WithHint(formats.Reason(formats.ErrUsage, "there is no subset train; there are: %s", strings.Join(have, ", ")), "--train-subset names the one to learn from")
	case len(have) == 1:
		d.trainSubset = have[0]
	}
	// A wrong name is told before an epoch is trained for nothing.
	if have = subsetNames(d.val); d.valSubset != "" {
		return hasSubset(have, d.valSubset)
	}
	for _, name := range []string{"val", "validation", "valid", "test"} {
		if slices.Contains(have, name) && (d.val != d.train || name != d.trainSubset) {
			d.valSubset = name
			return nil
		}
	}
	if d.val != d.train && len(have) == 1 {
		return nil
	}
	return formats.WithHint(formats.Reason(formats.ErrUsage, "there is no subset to validate with; there are: %s", strings.Join(have, ", ")),
		"--val-subset names one, --val-data-roots another dataset; validating with what is learnt from says little")
}

func subsetNames(ds *datum.Dataset) (list []string) {
	for _, s := range ds.Info().Subsets {
		list = append(list, s.Name)
	}
	return list
}

func hasSubset(have []string, name string) error {
	if slices.Contains(have, name) {
		return nil
	}
	return formats.Reason(formats.ErrUsage, "there is no subset %q; there are: %s", name, strings.Join(have, ", "))
}
