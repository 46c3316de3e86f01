package commands

import (
	"context"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/formats"
)

// encryptedFormat is the one format that can be encrypted.
const encryptedFormat = "datumaro_binary"

func (a *app) encryptCommand() *cli.Command {
	return &cli.Command{
		Name:      "encrypt",
		Usage:     "write a dataset encrypted, media and all",
		UsageText: "datum encrypt IN OUT [--encryption-key-file FILE | --key-out FILE] [options]",
		Description: `Reads any dataset and writes it as encrypted datumaro_binary. Without a key a new one is made and
written to --key-out, or into the folder as ` + datum.SecretKeyFile + `.`,
		Flags: concat(inputFlags(), outputFlags(), []cli.Flag{noMediaFlag()}, formatFlags(a.registry, reads), keyFlags(), cipherFlags(), eventFlags()),
		Action: func(ctx context.Context, c *cli.Command) error {
			j, err := a.newJob(ctx, c, encryptedFormat)
			if err != nil {
				return err
			}
			defer j.in.Close()
			if j.in.Encrypted {
				return formats.WithHint(formats.Reason(formats.ErrUsage, "%s is encrypted already", j.in.Path()), "datum rekey writes it under another key")
			}
			k, err := a.givenKey(c)
			if err != nil {
				return err
			}
			if j.options.KeyOut != "" && !keyGivenByFlag(c) {
				k = nil // a new key is wanted, not the one in the environment
			}
			j.encryptUnder(k)
			return j.run(ctx)
		},
	}
}

func noMediaFlag() cli.Flag {
	return &cli.BoolFlag{Name: "no-media", Category: groupOutput, Usage: "write the annotations only"}
}
