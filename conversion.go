package datum

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"

	"datum/files"
	"datum/formats"
	"datum/internal/atomicdir"
)

// A Conversion tells whether two runs do the same: the same files as they lie in
// the input, the same output, the same options, the same program. Files are
// compared by path, size and time, and times only for equality, so that a clock
// that goes back misleads nobody.
type Conversion struct {
	input  string // path
	target string
	digest string
	of     func() (string, error) // computes it anew
}

// Conversion describes what [Export] of the dataset would do. It is called before
// the dataset is opened, with what it will be opened with; more are choices of
// the caller that change the result. An input that cannot be looked at twice,
// such as standard input, is an error that matches ErrUsage; so are URLs.
func (f *Found) Conversion(target, format string, in formats.ImportOptions, o ExportOptions, more ...string) (*Conversion, error) {
	target, err := formats.LocalName(target)
	if err != nil {
		return nil, err
	}
	path, ok := f.opened.Local(".")
	if !ok {
		path = f.opened.Path(".")
	}
	for _, place := range []string{path, target} {
		if files.IsURL(place) {
			return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%s: what lies behind a URL is not looked at for changes", files.URLName(place)),
				"--resume and --if-changed are for files of this machine")
		}
	}
	path = resolve(path) // what lies below a link would not be looked at
	switch st, err := os.Stat(path); {
	case err != nil || !st.IsDir() && !st.Mode().IsRegular():
		return nil, formats.Reason(formats.ErrUsage, "%s: it cannot be read twice, so nobody can tell whether it has changed", path)
	case f.opened.Only() != "" || in.AllowExternalMedia:
		return nil, formats.WithHint(formats.Reason(formats.ErrUsage, "%s: what belongs to it may lie outside of it, so nobody can tell whether that has changed", f.Path()),
			"name the folder of the whole dataset, without --allow-external-media")
	case target == Stdin:
		return nil, formats.Reason(formats.ErrUsage, "standard output is no place to come back to")
	}
	options := optionsOf(f.Format.Name, target, format, in, o) + fmt.Sprintf("%q", more)
	c := &Conversion{input: path, target: target}
	c.of = func() (string, error) {
		sum := sha256.New()
		fmt.Fprintln(sum, options)
		err := addFiles(sum, path, "")
		return hex.EncodeToString(sum.Sum(nil)), err
	}
	c.digest, err = c.of()
	return c, err
}

// optionsOf spells out all that the output depends on besides the input.
func optionsOf(from, target, to string, in formats.ImportOptions, o ExportOptions) string {
	keyOut := o.KeyOut
	if keyOut != "" {
		keyOut = resolve(keyOut)
	}
	return fmt.Sprintf("%s\n%q %q %q\n%t %t %+v %v\n%t %v %v %t %t %t %t %+v %v\n%t %q %q %q %t",
		programVersion(), from, resolve(target), to,
		in.IgnoreSidecar, in.Skip != nil, in.Limits, in.Values,
		o.SaveMedia, o.Media, o.OnCollision, o.PlainMedia, o.EncryptAllMedia, o.NoSidecar, o.Cuboid2DBefore112, o.Limits, o.Values,
		o.Encrypt, o.Key.Fingerprint(), keyOut, o.ImageExt, o.FailOnLoss)
}

// programVersion tells one build of the program from another one.
func programVersion() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return ""
	}
	v := info.Main.Version + " " + info.Main.Sum
	for _, s := range info.Settings {
		if strings.HasPrefix(s.Key, "vcs.") {
			v += " " + s.Value
		}
	}
	return v
}

// addFiles adds to a digest the path, kind, size and time of all that is at or
// below root, but not the file called but.
func addFiles(sum hash.Hash, root, but string) error {
	return filepath.WalkDir(root, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		if err != nil || rel == but {
			return err
		}
		st, err := e.Info()
		if err != nil {
			return err
		}
		if st.Mode()&fs.ModeSymlink != 0 {
			if to, err := os.Stat(path); err == nil {
				st = to
			}
		}
		switch {
		case st.IsDir():
			fmt.Fprintf(sum, "%q folder\n", rel)
		default:
			fmt.Fprintf(sum, "%q %v %d %d\n", rel, st.Mode().Type(), st.Size(), st.ModTime().UnixNano())
		}
		return nil
	})
}

// recordPath is the file that says of which conversion a target is the result. It
// lies beside the target, so that the dataset itself is the same with and without
// it; there is nothing in it but two digests.
func (c *Conversion) recordPath() string {
	target := resolve(c.target)
	return filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+".converted")
}

// record is what the file at recordPath says, given the output as it lies there.
func (c *Conversion) record() (string, error) {
	sum := sha256.New()
	// The key may have been moved away since, as people are told to do.
	if err := addFiles(sum, resolve(c.target), SecretKeyFile); err != nil {
		return "", err
	}
	return fmt.Sprintf("datum 1\nconversion %s\noutput %x\n", c.digest, sum.Sum(nil)), nil
}

// IsDone reports whether the output is there, as this conversion left it.
// Whatever cannot be made out means that it is not.
func (c *Conversion) IsDone() bool {
	old, err := os.ReadFile(c.recordPath())
	if err != nil {
		return false
	}
	now, err := c.record()
	return err == nil && now == string(old)
}

// Remember notes that the conversion is done, for [Conversion.IsDone]. If the
// input has changed since the conversion was described nothing is noted. So it is
// where ds, unless it is nil, needed files outside of it.
func (c *Conversion) Remember(ds *Dataset) error {
	now, err := c.of()
	if err == nil && now != c.digest {
		err = formats.Reason(errNotNoted, "%s has changed meanwhile", c.input)
	}
	if err == nil && ds != nil && ds.folder != nil && ds.folder.Outside() {
		err = formats.Reason(errNotNoted, "%s: files outside of it were needed", c.input)
	}
	var record string
	if err == nil {
		record, err = c.record()
	}
	if err != nil {
		os.Remove(c.recordPath())
		return err
	}
	return writeRecord(c.recordPath(), record)
}

var errNotNoted = errors.New("the conversion cannot be told from another one")

// writeRecord replaces the record at once: half of one would be none.
func writeRecord(path, text string) error {
	f, err := os.Create(path + ".new")
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
		return err
	}
	return atomicdir.SyncPath(filepath.Dir(path))
}
