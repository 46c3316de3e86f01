// Package capi calls OpenVINO's C API. It has one Go function for each C function
// that datum uses, turns strings, slices and structs into what C wants, and does
// nothing more: who owns what, and what may be called when, is package openvino's
// business.
//
// No library is linked. Open finds the functions in a library that it opens; the
// prototypes come from the headers in include, which are OpenVINO 2026.4's, under
// the licence that lies beside them. Nothing but Open may be called before Open
// has succeeded.
//
// Where the program is built without cgo, or for a system for which there is no
// such library, all functions are there and none does anything; Missing says
// what the build lacks.
package capi

//go:generate go run ./generate include forwarders.c
