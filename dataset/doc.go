// Package dataset is the model that every format is read into and written
// from: items with media and annotations, categories, and streams of items.
//
// It promises three things. Nothing is rounded: coordinates are float64,
// attribute values are the JSON text they were read from, and a run-length
// mask stays a run-length mask. Nothing is held: media are opened on demand
// and a dataset is a stream ([Items]), never a slice. Nothing outside is
// known: the package knows no format, no file layout and no key, and imports
// the standard library only.
//
// # Conventions
//
// Coordinates are in pixels from the top left corner of the image, x to the
// right, y down, 0-based. Labels are dense indices into
// [LabelCategories.Labels]; [NoLabel] stands for none. What one format holds
// and the model has no field for travels as a carried attribute, see
// [IsCarried].
package dataset
