package trainer

import (
	"context"
	"errors"
	"fmt"
	"time"

	"datum/formats"
	"datum/openvino"
	"datum/train/step"
)

// ErrDiverged says that the loss, or the gradient, is no number any more.
var ErrDiverged = errors.New("the loss is no finite number")

// Result is what a training came to.
type Result struct {
	Epochs []Epoch
	// Best is the number of the epoch whose model was kept, counted from 1.
	Best int
	// Stopped says that nothing got better any more.
	Stopped bool
	Steps   uint64
	// Objects are the objects by how likely their annotation is wrong, the most likely
	// first; see Options.Suspicious.
	Objects []Suspect
}

// Run trains a task. The data have been looked at before with [Look], which says how
// many pictures there are to learn from. When ctx is done the last checkpoint stays, and so
// does the best model so far.
func Run(ctx context.Context, core *openvino.Core, task Task, pictures int, o Options) (*Result, error) {
	if err := o.check(); err != nil {
		return nil, err
	}
	t := &training{core: core, task: task, o: o, pictures: pictures}
	if t.perEpoch = pictures / o.Batch; t.perEpoch == 0 {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%d pictures do not fill a batch of %d", pictures, o.Batch), "take smaller batches with --batch")
	}
	if err := t.begin(ctx); err != nil {
		return nil, err
	}
	defer t.program.Close()
	if o.OnBegin != nil {
		o.OnBegin(withoutNaN(t.progress.History))
	}
	if err := t.epochs(ctx); err != nil {
		return nil, err
	}
	return t.result(), nil
}

// A training is one that is under way.
type training struct {
	core     *openvino.Core
	task     Task
	o        Options
	pictures int
	perEpoch int    // batches
	steps    uint64 // of all epochs together
	network  step.Network
	program  *step.Program
	rate     func(step uint64) float64
	progress progress
	suspects *suspects
}

// begin builds the step, or takes it up where it was.
func (t *training) begin(ctx context.Context) (err error) {
	if t.network, err = t.task.Network(t.o.Batch); err != nil {
		return err
	}
	initial := t.o.Initial
	if initial == nil {
		initial = t.network.Parameters.Initial(t.o.Seed)
	}
	t.plan()
	if t.o.Suspicious {
		t.suspects = newSuspects()
	}
	if t.program, err = step.Build(t.core, t.network, t.o.Step, initial); err != nil {
		return err
	}
	if t.o.Resume {
		err = t.restore(ctx)
	}
	if err != nil {
		t.program.Close()
	}
	return err
}

// plan decides how many steps there are, and how fast each is.
func (t *training) plan() {
	o, accumulate := &t.o, max(1, t.o.Step.Accumulate)
	if t.steps = o.Steps; t.steps > 0 {
		batches := t.steps * uint64(accumulate)
		o.Epochs = int((batches + uint64(t.perEpoch) - 1) / uint64(t.perEpoch))
	} else {
		t.steps = max(1, uint64(o.Epochs*t.perEpoch)/uint64(accumulate))
	}
	t.rate = o.Schedule(t.steps, float64(t.perEpoch)/float64(accumulate))
}

// epochs trains until the end.
func (t *training) epochs(ctx context.Context) error {
	p := &t.progress
	for p.Epochs() < t.o.Epochs && !t.stalled() {
		e, err := t.epoch(ctx, p.Epochs())
		if err != nil {
			return err
		}
		if err := t.validate(ctx, e); err != nil {
			return err
		}
		p.History = append(p.History, *e)
		if err := t.save(ctx); err != nil {
			return err
		}
		if t.o.OnEpoch != nil {
			t.o.OnEpoch(e)
		}
	}
	return nil
}

// stalled reports whether nothing has got better for too long.
func (t *training) stalled() bool {
	p := &t.progress
	return t.o.Patience > 0 && p.Best > 0 && p.Epochs()-p.Best >= t.o.Patience
}

// epoch trains with all pictures once.
func (t *training) epoch(ctx context.Context, number int) (*Epoch, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	start := time.Now()
	e := &Epoch{Number: number + 1, Score: unknown}
	sum, n, waited := 0.0, 0, time.Duration(0)
	asked := time.Now()
	for f, err := range t.filled(ctx, number) {
		if err != nil {
			return nil, err
		}
		waited += time.Since(asked)
		rate := t.rate(t.program.Steps())
		r, err := t.program.Run(ctx, rate, f.inputs...)
		if err != nil {
			return nil, err
		}
		if !r.Sound {
			return nil, t.diverged(number, n, f)
		}
		if err := t.watch(number, f.batch); err != nil {
			return nil, err
		}
		sum += float64(r.Loss)
		n++
		e.Pictures += len(f.batch.Items)
		e.Rate = rate
		t.tell(e, r)
		f.done()
		if t.o.Steps > 0 && t.program.Steps() >= t.steps {
			break
		}
		asked = time.Now()
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if n == 0 {
		return nil, formats.Reason(formats.ErrUsage, "not a single batch could be made of the pictures")
	}
	if u, ok := t.task.(Unrater); ok {
		e.Unrated = u.Unrated()
	}
	e.Loss, e.Steps, e.Seconds, e.Waited = sum/float64(n), t.program.Steps(), time.Since(start).Seconds(), waited.Seconds()
	return e, nil
}

func (t *training) tell(e *Epoch, r step.Report) {
	if t.o.OnStep != nil {
		t.o.OnStep(StepReport{Step: t.program.Steps(), Steps: t.steps, Loss: float64(r.Loss), Rate: e.Rate, Norm: float64(r.Norm)})
	}
}

// diverged names the batch after which nothing is a number any more.
func (t *training) diverged(epoch, batch int, f *filled) error {
	const most = 4
	names := ""
	for i := range min(most, len(f.batch.Items)) {
		names += " " + f.batch.Items[i].ID
	}
	hint := "lower the learning rate with --lr, or clip the gradient"
	if t.progress.Epochs() > 0 {
		hint += fmt.Sprintf("; the checkpoint is that after epoch %d, and --resume goes on from there", t.progress.Epochs())
	}
	return formats.WithHint(formats.Reason(formats.ErrUsage, "epoch %d, batch %d (of the pictures%s …): %w", epoch+1, batch+1, names, ErrDiverged), "%s", hint)
}

// watch notes how well each object fits.
func (t *training) watch(epoch int, b *batch) error {
	if t.suspects == nil {
		return nil
	}
	return t.task.Fits(t.program, b, func(picture, box int, f Fit) {
		t.suspects.add(epoch, b.Boxes[picture][box], f)
	})
}

func (t *training) result() *Result {
	r := &Result{Epochs: withoutNaN(t.progress.History), Best: t.progress.Best, Stopped: t.stalled(), Steps: t.program.Steps()}
	if t.suspects != nil {
		r.Objects = t.suspects.ranked()
	}
	return r
}
