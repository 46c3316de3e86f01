// Package recipe makes of a template, which says how a network is trained, the options of
// package trainer: optimiser, augmentation, and the learning rate from step to step. What
// is trained on what, and where it is written, the caller adds.
package recipe

import (
	"math"

	"datum/models/template"
	"datum/openvino"
	"datum/train/augment"
	"datum/train/schedule"
	"datum/train/step"
	"datum/train/trainer"
)

// Epochs is how often a training sees each of so many pictures: as often as the
// template says, or as often as so many steps make, where they are not 0.
func Epochs(t *template.Template, pictures int, steps uint64) float64 {
	if steps == 0 {
		return float64(t.Schedule.Epochs)
	}
	return float64(steps) * float64(max(1, t.Accumulate)) / float64(max(1, pictures/t.Batch))
}

// Options are what a template says of a training of so many epochs. Data, the store and
// the rest are the caller's.
func Options(t *template.Template, epochs float64, threads int) trainer.Options {
	g := &t.Augmentation
	o := trainer.Options{
		Epochs: int(math.Ceil(epochs)), Batch: t.Batch, Width: t.Input.Width, Height: t.Input.Height, Patience: t.Schedule.Patience, PlainEpochs: g.Plain,
		Step: step.Options{Optimizer: optimizer(&t.Optimizer), ClipNorm: t.Optimizer.Clip, Accumulate: t.Accumulate, Average: t.Optimizer.Average,
			Mixed: t.Optimizer.Precision == "mixed", Threads: threads},
		Recipe: augment.Recipe{
			FlipAcross: g.Flip, Stretch: true, Brightness: g.Brightness, Contrast: g.Contrast, Saturation: g.Saturation, Hue: 360 * g.Hue, Mosaic: g.Mosaic, MixUp: g.MixUp,
			Plain: g.PlainShare(epochs),
		},
		Schedule:   func(steps uint64, each float64) schedule.Schedule { return rates(t, steps, each) },
		Evaluation: openvino.CompileOptions{Hint: openvino.Throughput, Precision: "f32", Threads: threads},
	}
	if len(g.Scale) == 2 {
		o.Recipe.ScaleLeast, o.Recipe.ScaleMost = g.Scale[0], g.Scale[1]
	}
	return o
}

func optimizer(o *template.Optimizer) step.Optimizer {
	if o.Kind == "sgd" {
		return step.SGD{Momentum: o.Momentum, Nesterov: o.Nesterov, WeightDecay: o.WeightDecay}
	}
	return step.Adam{Beta2: o.Beta2, WeightDecay: o.WeightDecay, Decoupled: o.Kind == "adamw"}
}

// warmest is of how many steps one is for warming up at most: a short training does not
// spend all its time with it.
const warmest = 10

// rates is the learning rate over so many steps, of which an epoch has each.
func rates(t *template.Template, steps uint64, each float64) schedule.Schedule {
	s, rate := &t.Schedule, t.Optimizer.Rate
	warm := min(uint64(math.Round(s.Warmup*each)), steps/warmest)
	var then schedule.Schedule
	switch s.Decay {
	case "steps":
		var at []uint64
		for _, epoch := range s.Steps {
			if n := uint64(math.Round(float64(epoch) * each)); n > warm {
				at = append(at, n-warm)
			}
		}
		then = schedule.Steps(rate, s.Factor, at...)
	case "constant":
		then = schedule.Constant(rate)
	default:
		held := uint64(s.Hold * float64(steps-warm))
		then = schedule.Hold(held, schedule.Cosine(rate, rate*s.Last, steps-warm-held))
	}
	if warm == 0 {
		return then
	}
	return schedule.WarmUp(warm, then)
}
