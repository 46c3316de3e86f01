package formatstest_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"datum/dataset"
	"datum/files"
	"datum/formats"
	"datum/formats/datumaro"
	"datum/formats/formatstest"
)

// faulty is the format datumaro with a fault put in.
type faulty struct {
	change   func(*formats.Format)
	exporter func(formats.Exporter) formats.Exporter
	importer func(formats.Importer) formats.Importer
}

func (f faulty) format() *formats.Format {
	out := *datumaro.Format()
	imports, exports := out.Import, out.Export
	if f.importer != nil {
		out.Import = func(ctx context.Context, folder *files.Folder, o formats.ImportOptions) (formats.Importer, error) {
			im, err := imports(ctx, folder, o)
			if err != nil {
				return nil, err
			}
			return f.importer(im), nil
		}
	}
	if f.exporter != nil {
		out.Export = func(ctx context.Context, path string, o formats.ExportOptions) (formats.Exporter, error) {
			ex, err := exports(ctx, path, o)
			if err != nil {
				return nil, err
			}
			return f.exporter(ex), nil
		}
	}
	if f.change != nil {
		f.change(&out)
	}
	return &out
}

// writes changes what an exporter is given, or how it ends.
type writes struct {
	formats.Exporter
	item  func(*dataset.Item)
	close func(formats.Loss) formats.Loss
	abort func()
}

func (w writes) Write(it dataset.Item) error {
	if w.item != nil {
		w.item(&it)
	}
	return w.Exporter.Write(it)
}

func (w writes) Close() (formats.Loss, error) {
	loss, err := w.Exporter.Close()
	if w.close != nil {
		loss = w.close(loss)
	}
	return loss, err
}

func (w writes) Abort() {
	w.Exporter.Abort()
	if w.abort != nil {
		w.abort()
	}
}

// reads changes the stream of an importer.
type reads struct {
	formats.Importer
	items func(context.Context, dataset.Items) dataset.Items
}

func (r reads) Items(ctx context.Context) dataset.Items { return r.items(ctx, r.Importer.Items(ctx)) }

func changeItem(change func(*dataset.Item)) func(formats.Exporter) formats.Exporter {
	return func(ex formats.Exporter) formats.Exporter { return writes{Exporter: ex, item: change} }
}

func changeStream(items func(context.Context, dataset.Items) dataset.Items) func(formats.Importer) formats.Importer {
	return func(im formats.Importer) formats.Importer { return reads{im, items} }
}

// faults are what the suite has to find, with the part that finds it.
var faults = map[string]struct {
	part string
	faulty
}{
	"an attribute gone": {"round trip", faulty{exporter: changeItem(func(it *dataset.Item) { it.Attributes.Delete("weather") })}},
	"a coordinate rounded": {"round trip", faulty{exporter: changeItem(func(it *dataset.Item) {
		for _, a := range it.Annotations {
			if b, ok := a.(*dataset.Bbox); ok {
				b.W = float64(float32(b.W))
			}
		}
	})}},
	"a loss that is not counted": {"round trip", faulty{exporter: func(ex formats.Exporter) formats.Exporter {
		return writes{Exporter: ex, close: func(formats.Loss) formats.Loss { return formats.Loss{} }}
	}}},
	"a loss that is none": {"round trip", faulty{exporter: func(ex formats.Exporter) formats.Exporter {
		return writes{Exporter: ex, close: func(l formats.Loss) formats.Loss { l.Add("fingers crossed", "here", 1); return l }}
	}}},
	"media changed": {"other media", faulty{exporter: changeItem(func(it *dataset.Item) {
		if v, ok := it.Media.(*dataset.Video); ok {
			v.End = nil
		}
	})}},
	"a goroutine that stays": {"abort", faulty{exporter: func(ex formats.Exporter) formats.Exporter {
		return writes{Exporter: ex, abort: func() { go func() { select {} }() }}
	}}},
	"cancellation ignored": {"cancel", faulty{importer: func(im formats.Importer) formats.Importer {
		return reads{im, func(context.Context, dataset.Items) dataset.Items { return im.Items(context.Background()) }}
	}}},
	"an error swallowed": {"truncation", faulty{importer: changeStream(func(_ context.Context, items dataset.Items) dataset.Items {
		return func(yield func(dataset.Item, error) bool) {
			for it, err := range items {
				if errors.Is(err, formats.ErrCorrupt) || !yield(it, err) {
					return
				}
			}
		}
	})}},
	"an item less when read again": {"order", faulty{importer: func(im formats.Importer) formats.Importer {
		times := 0
		return reads{im, func(ctx context.Context, items dataset.Items) dataset.Items {
			return func(yield func(dataset.Item, error) bool) {
				times++
				skip := times > 1
				for it, err := range items {
					if !skip && !yield(it, err) {
						return
					}
					skip = false
				}
			}
		}}
	}}},
	"an id cleaned instead of refused": {"hostile items", faulty{exporter: changeItem(func(it *dataset.Item) {
		it.ID = strings.TrimLeft(filepath.Clean("/"+it.ID), "/")
		if it.ID == "" {
			it.ID = "x"
		}
	})}},
	"output that depends on chance": {"determinism", faulty{exporter: func() func(formats.Exporter) formats.Exporter {
		times := int64(0)
		return func(ex formats.Exporter) formats.Exporter {
			times++
			return writes{Exporter: ex, item: func(it *dataset.Item) {
				it.Annotations = append(it.Annotations, &dataset.Caption{Base: dataset.Base{ID: times}})
			}}
		}
	}()}},
	"a probe that always says yes": {"probe", faulty{change: func(f *formats.Format) {
		f.Probe = func(context.Context, *files.Folder) formats.Verdict { return formats.Verdict{Confidence: formats.High} }
	}}},
}

const faultVariable = "FORMATSTEST_FAULT"

// TestSuiteFindsFaults runs this test binary once for each fault, with the
// fault put in, and wants the right part of the suite to fail.
func TestSuiteFindsFaults(t *testing.T) {
	if name := os.Getenv(faultVariable); name != "" {
		formatstest.Run(t, suiteOf(faults[name].format()))
		return
	}
	for name, fault := range faults {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			part := strings.ReplaceAll(fault.part, " ", "_")
			cmd := exec.Command(os.Args[0], "-test.run=^TestSuiteFindsFaults$/^"+part+"$", "-test.v")
			cmd.Env = append(os.Environ(), faultVariable+"="+name)
			out, err := cmd.CombinedOutput()
			if err == nil || !strings.Contains(string(out), "--- FAIL: TestSuiteFindsFaults/"+part) {
				t.Errorf("the part %q does not find it:\n%s", fault.part, out)
			}
		})
	}
}

// TestSuitePasses is the other half: without a fault the suite is content.
func TestSuitePasses(t *testing.T) {
	formatstest.Run(t, suiteOf(datumaro.Format()))
}

func suiteOf(f *formats.Format) formatstest.Suite {
	return formatstest.Suite{
		Format: f,
		Media:  []dataset.MediaKind{dataset.MediaVideo},
		Sample: func() *formatstest.Dataset {
			d := formatstest.Sample()
			d.List = d.List[5:7]
			d.List = append(d.List, dataset.Item{
				ID: "z", Subset: "a subset.τ", Attributes: dataset.Attributes{{Name: "weather", Value: []byte(`"rain"`)}},
				Annotations: []dataset.Annotation{
					&dataset.Bbox{Base: dataset.Base{ObjectID: dataset.NoObject}, W: 1.0 / 3},
					&dataset.RotatedBbox{Base: dataset.Base{ObjectID: dataset.NoObject}},
				},
			})
			d.Meta.Subsets[0].Items, d.Meta.Subsets[2].Items = 2, 1
			return d
		},
		Expect: func(it *dataset.Item) bool {
			if it.ID == "z" {
				it.Annotations = it.Annotations[:1]
			}
			return true
		},
		Losses: map[string]int{"rotated boxes dropped": 1},
	}
}
