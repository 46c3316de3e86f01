package shard

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"

	"datum"
	"datum/files"
	"datum/formats"
)

// plan is what all parts of one dataset have in common: how the input is read
// and how the output is to be written.
type plan struct {
	Format             string         `json:"format"`
	Encrypt            bool           `json:"encrypt"`
	SaveMedia          bool           `json:"save_media"`
	OnCollision        string         `json:"on_collision"`
	PlainMedia         bool           `json:"plain_media"`
	EncryptAllMedia    bool           `json:"encrypt_all_media"`
	NoSidecar          bool           `json:"no_sidecar"`
	Cuboid2DBefore112  bool           `json:"cuboid2d_before_112"`
	FailOnLoss         bool           `json:"fail_on_loss"`
	ImageExt           string         `json:"image_ext"`
	IgnoreSidecar      bool           `json:"ignore_sidecar"`
	AllowExternalMedia bool           `json:"allow_external_media"`
	SkipErrors         bool           `json:"skip_errors"`
	SkipMissingMedia   bool           `json:"skip_missing_media"`
	Limits             files.Limits   `json:"limits"`
	Values             formats.Values `json:"values"`
}

func newPlan(format string, o Options) plan {
	return plan{
		Format: format, Encrypt: o.ExportOptions.Key != nil, SaveMedia: o.SaveMedia, OnCollision: o.OnCollision.String(),
		PlainMedia: o.PlainMedia, EncryptAllMedia: o.EncryptAllMedia, NoSidecar: o.NoSidecar, Cuboid2DBefore112: o.Cuboid2DBefore112,
		FailOnLoss: o.FailOnLoss, ImageExt: o.ImageExt,
		IgnoreSidecar: o.Input.IgnoreSidecar, AllowExternalMedia: o.Input.AllowExternalMedia, SkipErrors: o.Input.Skip != nil,
		SkipMissingMedia: o.SkipMissing != nil, Limits: o.ExportOptions.Limits.WithDefaults(), Values: o.ExportOptions.Values,
	}
}

// digest names the plan.
func (p plan) digest() string {
	text, err := json.Marshal(p) // maps come out sorted
	if err != nil {
		panic(err) // there is nothing in it that has no JSON
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:])
}

// options are those for the exporter of the output.
func (p plan) options() (o datum.ExportOptions, err error) {
	o.SaveMedia, o.PlainMedia, o.EncryptAllMedia = p.SaveMedia, p.PlainMedia, p.EncryptAllMedia
	o.NoSidecar, o.Cuboid2DBefore112, o.FailOnLoss = p.NoSidecar, p.Cuboid2DBefore112, p.FailOnLoss
	o.Limits, o.Values = p.Limits, p.Values
	o.OnCollision, err = formats.ParseCollision(p.OnCollision)
	return o, err
}
