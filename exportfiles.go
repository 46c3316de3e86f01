package datum

import (
	"context"

	"datum/crypto/key"
	"datum/formats"
)

// ExportFiles writes what is no dataset of items, such as a log of events, in the
// way in which [Export] writes datasets: as a folder or an archive that appears as
// a whole, under the key of the options. The source is the path of what is read,
// empty where there is none, and format is what users call it.
//
// Write fills dir, an existing, empty folder, under k where that is not nil, and
// returns what the format could not hold. The caller looks after the items that
// the result counts; options about items and media do not matter.
func ExportFiles(ctx context.Context, source, folder, format string, o ExportOptions, write func(ctx context.Context, dir string, k *key.Key) (formats.Loss, error)) (Result, error) {
	folder, err := formats.LocalName(folder)
	if err != nil {
		return Result{}, err
	}
	if err := apart(source, folder); err != nil {
		return Result{}, err
	}
	return o.place(ctx, folder, func(ctx context.Context, dir string, opts formats.ExportOptions) (res Result, err error) {
		if res.Loss, err = write(ctx, dir, opts.Key); err != nil {
			return res, err
		}
		if err := o.refuseLoss(format, &res.Loss); err != nil {
			return res, err
		}
		return res, ctx.Err()
	})
}
