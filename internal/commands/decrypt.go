package commands

import (
	"context"

	"github.com/urfave/cli/v3"

	"datum/formats"
	"datum/formats/binary"
)

func (a *app) decryptCommand() *cli.Command {
	return &cli.Command{
		Name:        "decrypt",
		Usage:       "write an encrypted dataset in plain, media and all",
		UsageText:   "datum decrypt IN OUT --encryption-key-file FILE [-f FORMAT] [options]",
		Description: "Without a key, the one that Datumaro left in IN is used, or asked for on a terminal.",
		Flags: concat(inputFlags(), outputFlags(), []cli.Flag{
			&cli.StringFlag{Name: "output-format", Aliases: []string{"f"}, Category: groupOutput, Usage: "the `FORMAT` to write", Value: encryptedFormat},
			noMediaFlag(),
		}, formatFlags(a.registry, writes), keyFlags()),
		Action: func(ctx context.Context, c *cli.Command) error {
			j, err := a.newJob(ctx, c, c.String("output-format"))
			if err != nil {
				return err
			}
			defer j.in.Close()
			if err := j.openEncrypted(c); err != nil {
				return err
			}
			if j.isEvents() {
				return j.run(ctx)
			}
			s, err := binary.Inspect(j.in.Folder)
			if err != nil {
				return err
			}
			j.options.SaveMedia = j.options.SaveMedia && s.MediaSaved
			return j.run(ctx)
		},
	}
}

// openEncrypted finds the key of the input, which must be encrypted.
func (j *job) openEncrypted(c *cli.Command) (err error) {
	if !j.in.Encrypted {
		return formats.WithHint(formats.Reason(formats.ErrKey, "%s is not encrypted", j.in.Path()), "datum convert writes it in another format, datum encrypt encrypts it")
	}
	j.input.Key, err = j.keyOf(c, j.in)
	return err
}
