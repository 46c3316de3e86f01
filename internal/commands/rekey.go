package commands

import (
	"context"

	"github.com/urfave/cli/v3"

	"datum"
	"datum/crypto/key"
	"datum/formats"
	"datum/formats/binary"
)

func (a *app) rekeyCommand() *cli.Command {
	return &cli.Command{
		Name:      "rekey",
		Usage:     "write an encrypted dataset under another key",
		UsageText: "datum rekey IN OUT --encryption-key-file OLD [--new-key-file NEW | --key-out FILE] [options]",
		Description: `What is encrypted and what is not stays so. Without --new-key-file a new key is made. The old folder
is not touched: whoever has it and the old key can still read it.`,
		Flags: concat(inputFlags(), outputFlags(), keyFlags(), cipherFlags(), []cli.Flag{
			&cli.StringFlag{Name: "new-key-file", Category: groupCrypt, Usage: "`FILE` with the new key; without it a new one is made"},
		}),
		Action: a.rekey,
	}
}

func (a *app) rekey(ctx context.Context, c *cli.Command) error {
	j, err := a.newJob(ctx, c, encryptedFormat)
	if err != nil {
		return err
	}
	defer j.in.Close()
	if err := j.openEncrypted(c); err != nil {
		return err
	}
	var k *key.Key
	if f := c.String("new-key-file"); f != "" {
		if k, err = a.find(key.Lookup{File: f}); err != nil {
			return err
		}
		if k.Equal(j.input.Key) {
			return formats.Reason(formats.ErrUsage, "the new key is the old one")
		}
	}
	j.encryptUnder(k)
	if j.isEvents() {
		return j.run(ctx)
	}
	s, err := binary.Inspect(j.in.Folder)
	if err != nil {
		return err
	}
	j.adjust = func(ds *datum.Dataset) { j.keepStorage(ds, s) }
	return j.run(ctx)
}

// keepStorage leaves encrypted what is encrypted and plain what is plain,
// unless the flags ask for more.
func (j *job) keepStorage(ds *datum.Dataset, s binary.Storage) {
	o := &j.options
	all, ok := ds.Importer.(interface{ AllMediaEncrypted() bool })
	o.SaveMedia = o.SaveMedia && s.MediaSaved
	o.EncryptAllMedia = o.EncryptAllMedia || ok && all.AllMediaEncrypted()
	o.PlainMedia = o.PlainMedia || s.MediaSaved && !s.MediaEncrypted && !o.EncryptAllMedia
}
