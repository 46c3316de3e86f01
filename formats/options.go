package formats

import (
	"fmt"
	"slices"
	"strings"

	"datum/crypto/key"
	"datum/files"
)

// ImportOptions say how to read. The zero value reads a plain dataset.
type ImportOptions struct {
	// Key opens an encrypted dataset; nil for a plain one.
	Key *key.Key
	// Workers bounds the goroutines that read and decode; 0 means one for
	// each core.
	Workers int
	// IgnoreSidecar reads a datumaro_binary dataset as Datumaro would, without
	// the file of exact values and of places beside each subset.
	IgnoreSidecar bool
	// AllowExternalMedia opens media by paths that lead out of the dataset
	// (absolute, ".."). Without it such a path is an error. Whoever sets it also
	// lets the folder follow symbolic links, see [files.Folder.FollowLinks].
	AllowExternalMedia bool
	// Skip makes the reader go on after a bad record; nil ends the reading.
	Skip *Skipped
	// Limits bound what is believed of the files; zero fields are defaults.
	Limits files.Limits
	// Values are the options of the format itself, see [Format.Options].
	Values Values
}

// ExportOptions say how to write. The zero value writes annotations only, in
// plain.
type ExportOptions struct {
	// SaveMedia saves the media files in the dataset, in the way that Media
	// says.
	SaveMedia bool
	Media     MediaPolicy
	// DropMedia makes of saving no more than its checks, for a rehearsal.
	DropMedia bool
	// Archive takes the media instead of the folder, where the dataset becomes
	// an archive.
	Archive MediaSink
	// Keeper, where it is not nil, knows the media files that an interrupted
	// export has finished, and is told of those that this one finishes.
	Keeper MediaKeeper
	// OnCollision says what happens where two items would get one file name.
	OnCollision Collision
	// Key encrypts the dataset, where the format can; nil writes it in plain.
	Key *key.Key
	// PlainMedia leaves the media of an encrypted dataset in plain.
	PlainMedia bool
	// EncryptAllMedia encrypts also what Datumaro left in plain: point
	// clouds, their extra images and videos. Datumaro cannot open these then.
	EncryptAllMedia bool
	// NoSidecar leaves out the file of exact values beside each subset.
	NoSidecar bool
	// Cuboid2DBefore112 writes the 2D cuboids of a plain datumaro_binary
	// dataset with the code that Datumaro 1.10 and 1.11 read, which later
	// versions refuse. An encrypted dataset always has that code, since no
	// later version reads it.
	Cuboid2DBefore112 bool
	// Workers bounds the goroutines that encode and encrypt; 0 means one for
	// each core. The output does not depend on it.
	Workers int
	// Limits bound the pictures that a writer decodes; zero fields are
	// defaults.
	Limits files.Limits
	// Values are the options of the format itself, see [Format.Options].
	Values Values
}

// Option is a choice that one format offers besides those that all share.
type Option struct {
	// Name begins with the name of the format, as in "voc-coordinates".
	Name string
	// Usage says what it chooses, in one line.
	Usage string
	// Values lists what it may be; empty means any text.
	Values []string
	// Default is its value where nothing is said.
	Default string
	// Import and Export say where it counts.
	Import, Export bool
}

// YesNo are the values of an option that is on or off.
var YesNo = []string{"yes", "no"}

// Values are the options of formats that were set, by name.
type Values map[string]string

// Of returns the value of an option.
func (v Values) Of(o Option) string {
	if s, ok := v[o.Name]; ok {
		return s
	}
	return o.Default
}

// Is reports whether an option of [YesNo] is on.
func (v Values) Is(o Option) bool { return v.Of(o) == "yes" }

// Check refuses a value that an option of f does not know. The error matches
// [ErrUsage].
func (v Values) Check(f *Format) error {
	for _, o := range f.Options {
		if s, ok := v[o.Name]; ok && len(o.Values) > 0 && !slices.Contains(o.Values, s) {
			return Reason(ErrUsage, "%s cannot be %q; it is one of %s", o.Name, s, strings.Join(o.Values, ", "))
		}
	}
	return nil
}

// OnlyPlain refuses a key, and whatever else is about encryption, for a format
// that cannot be encrypted.
func (o *ExportOptions) OnlyPlain(format string) error {
	if o.Key == nil && !o.PlainMedia && !o.EncryptAllMedia {
		return nil
	}
	return WithHint(Reason(ErrUsage, "the format %s cannot be encrypted", format), "datumaro_binary can")
}

// OnlyPlain refuses a key for a dataset that is not encrypted.
func (o *ImportOptions) OnlyPlain(format string, f *files.Folder) error {
	if o.Key == nil {
		return nil
	}
	return WithHint(Reason(ErrKey, "%s: a key was given, but the format %s is never encrypted", f.Path("."), format), "leave the key out")
}

// Collision says what happens where two items of a dataset would get the same
// file name in a format.
type Collision int

// The ways out of a collision.
const (
	CollisionError        Collision = iota // it is an error
	CollisionRename                        // the later one gets a number: a, a_2
	CollisionSubsetPrefix                  // the later one gets the name of its subset: a, val_a
)

var collisions = []string{"error", "rename", "subset-prefix"}

// String returns the name that ParseCollision reads.
func (c Collision) String() string { return collisions[c] }

// ParseCollision reads "error", "rename" or "subset-prefix".
func ParseCollision(s string) (Collision, error) {
	if i := slices.Index(collisions, s); i >= 0 {
		return Collision(i), nil
	}
	return 0, Reason(ErrUsage, "there is no way out of a collision called %q; there are %s", s, strings.Join(collisions, ", "))
}

// MediaPolicy says how media files get into a dataset.
type MediaPolicy int

// The ways of saving media. A link is made only of a plain file of this
// machine; every other file is copied all the same.
const (
	MediaCopy     MediaPolicy = iota // byte for byte
	MediaHardlink                    // another name of the same file
	MediaSymlink                     // a link to the absolute path
)

// String names the policy.
func (p MediaPolicy) String() string {
	switch p {
	case MediaCopy:
		return "copy"
	case MediaHardlink:
		return "hardlink"
	case MediaSymlink:
		return "symlink"
	}
	return fmt.Sprintf("media policy %d", int(p))
}
