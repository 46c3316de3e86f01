// Package all knows every format. It builds the registry and does nothing else.
package all

import (
	"datum/formats"
	"datum/formats/binary"
	"datum/formats/coco"
	"datum/formats/datumaro"
)

// Registry returns all formats.
func Registry() *formats.Registry {
	r, err := formats.NewRegistry(
		binary.Format(),
		coco.Format(),
		datumaro.Format(),
	)
	if err != nil {
		panic("formats/all: " + err.Error()) // two formats of one name: found by the first test that runs
	}
	return r
}
