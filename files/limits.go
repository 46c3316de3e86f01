package files

// Limits bound what is believed of a file that may be hostile. A zero field
// stands for the default.
type Limits struct {
	// RecordBytes is the size of a text file that is read as a whole: one
	// XML, YAML, label or list file.
	RecordBytes int64
	// ImagePixels is the number of pixels of a picture or mask that is
	// decoded.
	ImagePixels int64
	// ArchiveEntries is the number of files and folders in an archive.
	ArchiveEntries int
	// ArchiveRatio is how many times larger than the archive its content may
	// be; archives of less than a hundred megabytes unpacked always pass.
	ArchiveRatio int64
}

// Defaults are the limits where nothing else is said.
var Defaults = Limits{RecordBytes: 256 << 20, ImagePixels: 1 << 29, ArchiveEntries: 20_000_000, ArchiveRatio: 200}

// WithDefaults fills the zero fields in.
func (l Limits) WithDefaults() Limits {
	if l.RecordBytes == 0 {
		l.RecordBytes = Defaults.RecordBytes
	}
	if l.ImagePixels == 0 {
		l.ImagePixels = Defaults.ImagePixels
	}
	if l.ArchiveEntries == 0 {
		l.ArchiveEntries = Defaults.ArchiveEntries
	}
	if l.ArchiveRatio == 0 {
		l.ArchiveRatio = Defaults.ArchiveRatio
	}
	return l
}
