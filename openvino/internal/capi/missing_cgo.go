//go:build !cgo && linux

package capi

// Missing says why this build cannot use OpenVINO.
const Missing = "this build has no cgo; build with a C compiler and CGO_ENABLED=1"
