package commands

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/urfave/cli/v3"

	"datum/crypto/key"
	"datum/crypto/sealed"
	"datum/formats"
	"datum/models/modelfile"
	"datum/train/rundir"
)

func (a *app) modelCommand() *cli.Command {
	overwrite := &cli.BoolFlag{Name: "overwrite", Category: groupOutput, Usage: "replace an existing model"}
	return &cli.Command{
		Name:      "model",
		Usage:     "encrypt, decrypt, rekey, describe and optimize models",
		UsageText: "datum model COMMAND [options] [arguments]",
		Commands: []*cli.Command{
			{
				Name: "encrypt", Usage: "put a model into one encrypted file", UsageText: "datum model encrypt IN OUT --encryption-key-file FILE", Action: a.modelEncrypt,
				Description: `IN is an IR (its .xml; the .bin beside it goes along), an ONNX file that holds all of its weights, a
frozen TensorFlow graph, or a model that OpenVINO compiled. Commands that take a model take OUT as well, and decrypt it in memory only.`,
				Flags: append(keyFlags(), overwrite),
			},
			{
				Name: "decrypt", Usage: "write an encrypted model in plain", UsageText: "datum model decrypt IN OUT --encryption-key-file FILE", Action: a.modelDecrypt,
				Description: `The weights of an IR go beside OUT, which ends in .xml, into a file that ends in .bin. Only the same user
can read what is written (mode 0600).`,
				Flags: append(keyFlags(), overwrite),
			},
			{
				Name: "rekey", Usage: "write an encrypted model under another key", UsageText: "datum model rekey IN OUT --encryption-key-file OLD --new-key-file NEW", Action: a.modelRekey,
				Description: "Nothing is written in plain on the way. Whoever has IN and the old key can still read it.",
				Flags: append(keyFlags(), overwrite,
					&cli.StringFlag{Name: "new-key-file", Category: groupCrypt, Usage: "`FILE` with the new key"}),
			},
			{
				Name: "info", Usage: "say what a model is", UsageText: "datum model info MODEL [--encryption-key-file FILE]", Action: a.modelInfo,
				Description: `MODEL may be the folder of a training. Of an encrypted model, without the key, what anybody can see is said.`,
				Flags:       keyFlags(),
			},
			a.modelOptimizeCommand(),
		},
	}
}

// modelResult is the answer of all commands of models.
type modelResult struct {
	Path    string           `json:"path"`
	Sealed  bool             `json:"encrypted"`
	Purpose string           `json:"purpose,omitempty"`
	Bytes   int64            `json:"bytes,omitempty"`
	Format  modelfile.Kind   `json:"format,omitempty"`
	Parts   []modelfile.Part `json:"parts,omitempty"`
	Key     string           `json:"key,omitempty"`
	*modelfile.Ports
	*modelAbout
	text string // what is said in place of all this
}

func (modelResult) Kind() string { return "model" }

func (r modelResult) Text(w io.Writer) {
	if r.text != "" {
		fmt.Fprintln(w, r.text)
		return
	}
	fmt.Fprintf(w, "path         %s\n", r.Path)
	if r.Sealed {
		fmt.Fprintf(w, "encrypted    %d bytes, for the purpose %s\n", r.Bytes, r.Purpose)
	}
	if r.Key != "" {
		fmt.Fprintf(w, "key          %s\n", r.Key)
	}
	if r.Format != "" {
		fmt.Fprintf(w, "format       %s\n", r.Format)
	}
	for _, p := range r.Parts {
		fmt.Fprintf(w, "part         %-4s %12d bytes  %s\n             sha256 %s\n", p.Role, p.Size, p.Name, p.SHA256)
	}
	if r.Ports != nil {
		for _, p := range r.Inputs {
			fmt.Fprintf(w, "input        %s\n", shownPort(p))
		}
		for _, p := range r.Outputs {
			fmt.Fprintf(w, "output       %s\n", shownPort(p))
		}
	}
	r.modelAbout.text(w)
}

func shownPort(p modelfile.Port) string {
	return fmt.Sprintf("%-20q %s [%s]", p.Name, p.Element, p.Shape)
}

// names says which files a model was.
func names(parts []modelfile.Part) string {
	var list []string
	for _, p := range parts {
		list = append(list, p.Name)
	}
	return strings.Join(list, " and ")
}

func (a *app) modelEncrypt(ctx context.Context, c *cli.Command) error {
	args, err := exactly(c, 2)
	if err != nil {
		return err
	}
	k, err := a.givenKey(c)
	if err != nil {
		return err
	}
	if k == nil {
		return formats.WithHint(formats.Reason(formats.ErrKey, "no key was given"), "name the file that holds the key with --encryption-key-file; datum key new FILE makes one")
	}
	defer k.Destroy()
	in, out := rundir.Model(args[0]), args[1]
	if isSealed(in) {
		return formats.WithHint(formats.Reason(formats.ErrUsage, "%s is encrypted already", in), "datum model decrypt writes it in plain")
	}
	f, err := modelfile.Open(in, nil)
	if err != nil {
		return err
	}
	defer f.Close()
	return a.seal(ctx, c, f, out, k)
}

// seal writes a model encrypted and says so.
func (a *app) seal(ctx context.Context, c *cli.Command, f *modelfile.File, out string, k *key.Key) error {
	o := modelOutput{path: out, overwrite: c.Bool("overwrite"), replaces: isSealed}
	staged, err := o.stage([]string{f.Path}, func(w io.Writer) error { return f.Seal(ctx, w, k) })
	if err != nil {
		return err
	}
	defer staged.abort()
	if err := staged.commit(ctx); err != nil {
		return err
	}
	return a.Result(modelResult{
		Path: out, Sealed: true, Purpose: modelfile.Purpose, Format: f.Kind, Parts: f.Parts, Key: k.Fingerprint(),
		text: fmt.Sprintf("wrote %s to %s, encrypted", names(f.Parts), out),
	})
}

func (a *app) modelRekey(ctx context.Context, c *cli.Command) error {
	args, err := exactly(c, 2)
	if err != nil {
		return err
	}
	if c.String("new-key-file") == "" {
		return usagef(c, "--new-key-file is missing")
	}
	f, old, err := a.openSealed(c, args[0])
	if err != nil {
		return err
	}
	defer old.Destroy()
	defer f.Close()
	k, err := a.find(key.Lookup{File: c.String("new-key-file")})
	if err != nil {
		return err
	}
	defer k.Destroy()
	if k.Equal(old) {
		return formats.Reason(formats.ErrUsage, "the new key is the old one")
	}
	return a.seal(ctx, c, f, args[1], k)
}

// openSealed opens an encrypted model, or that of the folder of a training, with its key.
func (a *app) openSealed(c *cli.Command, path string) (*modelfile.File, *key.Key, error) {
	path = rundir.Model(path)
	k, err := a.modelKey(c, path)
	if err != nil {
		return nil, nil, err
	}
	f, err := modelfile.Open(path, k)
	if err == nil && !f.Sealed {
		err = formats.Reason(formats.ErrKey, "%s is not encrypted", path)
		f.Close()
	}
	if err != nil {
		k.Destroy()
		return nil, nil, err
	}
	return f, k, nil
}

func (a *app) modelDecrypt(ctx context.Context, c *cli.Command) error {
	args, err := exactly(c, 2)
	if err != nil {
		return err
	}
	in, out := args[0], args[1]
	f, k, err := a.openSealed(c, in)
	if err != nil {
		return err
	}
	defer k.Destroy()
	defer f.Close()
	outputs, err := decryptedOutputs(c, f, out)
	if err != nil {
		return err
	}
	if err := extractAll(ctx, f, outputs); err != nil {
		return err
	}
	return a.Result(modelResult{Path: out, Format: f.Kind, Parts: f.Parts, text: fmt.Sprintf("wrote %s in plain to %s", names(f.Parts), outputNames(outputs))})
}

// extractAll writes the parts of a model. None has its name before all are
// authentic, and the XML gets it at last, since with it there is a model.
func extractAll(ctx context.Context, f *modelfile.File, outputs []modelOutput) error {
	content := func(i int) func(io.Writer) error {
		return func(w io.Writer) error { return f.Extract(ctx, w, i) }
	}
	if len(outputs) > 1 {
		return writeTogether(ctx, outputs, []string{f.Path}, content)
	}
	staged, err := outputs[0].stage([]string{f.Path}, content(0))
	if err != nil {
		return err
	}
	defer staged.abort()
	return staged.commit(ctx)
}

// decryptedOutputs are the files to write, one for each part.
func decryptedOutputs(c *cli.Command, f *modelfile.File, out string) ([]modelOutput, error) {
	o := modelOutput{path: out, overwrite: c.Bool("overwrite"), private: true, replaces: modelfile.Recognised}
	if f.Kind != modelfile.IR {
		return []modelOutput{o}, nil
	}
	outputs, err := irOutputs(o, f.Path)
	if err != nil {
		return nil, err
	}
	return outputs[:len(f.Parts)], nil
}

// irOutputs are the files of an IR that is made of a model, of which xml is the first.
func irOutputs(xml modelOutput, of string) ([]modelOutput, error) {
	stem, isXML := strings.CutSuffix(xml.path, ".xml")
	if !isXML {
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%s holds an IR, and the name to write it to does not end in .xml", of), "its weights go beside it, into a file that ends in .bin")
	}
	weights := modelOutput{path: stem + ".bin", overwrite: xml.overwrite, private: xml.private, replaces: func(path string) bool {
		return modelfile.Recognised(xml.path) && !isSealed(path) // nothing else tells weights from, say, a key
	}}
	return []modelOutput{xml, weights}, nil
}

func outputNames(outputs []modelOutput) string {
	var list []string
	for _, o := range outputs {
		list = append(list, o.path)
	}
	return strings.Join(list, " and ")
}

// isSealed reports whether a file begins as sealed ones do.
func isSealed(path string) bool {
	_, err := purposeOf(path)
	return err == nil
}

// purposeOf says for what a file was sealed.
func purposeOf(path string) (string, error) {
	st, err := os.Stat(path)
	if err != nil || !st.Mode().IsRegular() {
		return "", sealed.ErrNotSealed
	}
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer f.Close()
	return sealed.Purpose(f)
}

// modelKey returns the key that was given, or that a person types where the
// model is encrypted; nil where there is none.
func (a *app) modelKey(c *cli.Command, path string) (*key.Key, error) {
	k, err := a.givenKey(c)
	if k == nil && err == nil && isSealed(path) && isTerminal(a.stdin) {
		return a.find(key.Lookup{Prompt: func() ([]byte, error) { return a.secret("key of " + path + ": ") }})
	}
	return k, err
}

func (a *app) modelInfo(ctx context.Context, c *cli.Command) error {
	args, err := exactly(c, 1)
	if err != nil {
		return err
	}
	r := modelResult{Path: rundir.Model(args[0])}
	if r.Purpose, err = purposeOf(r.Path); err == nil {
		st, err := os.Stat(r.Path)
		if err != nil {
			return err
		}
		r.Sealed, r.Bytes = true, st.Size()
	}
	k, err := a.givenKey(c)
	if err != nil {
		return err
	}
	defer k.Destroy()
	if r.Sealed && (k == nil || r.Purpose != modelfile.Purpose) {
		return a.modelFromOutside(r)
	}
	f, err := modelfile.Open(r.Path, k)
	if err != nil {
		return err
	}
	defer f.Close()
	if r.Ports, err = f.Ports(ctx); err != nil {
		return err
	}
	if r.modelAbout, err = aboutModel(ctx, f); err != nil {
		return err
	}
	for i := 1; i < len(f.Parts); i++ { // all of it is checked
		if err := f.Extract(ctx, io.Discard, i); err != nil {
			return err
		}
	}
	r.Format, r.Parts = f.Kind, f.Parts
	if f.Sealed {
		r.Key = k.Fingerprint()
	}
	return a.Result(r)
}

// modelFromOutside says what anybody can see.
func (a *app) modelFromOutside(r modelResult) error {
	if err := a.Result(r); err != nil {
		return err
	}
	if r.Purpose == modelfile.Purpose {
		a.Note("this is what anybody can see; there is more with the key: --encryption-key-file FILE")
	}
	return nil
}

// sameFile reports whether two names are of one file.
func sameFile(a, b string) bool {
	sa, err1 := os.Stat(a)
	sb, err2 := os.Stat(b)
	return err1 == nil && err2 == nil && os.SameFile(sa, sb) || filepath.Clean(a) == filepath.Clean(b)
}
