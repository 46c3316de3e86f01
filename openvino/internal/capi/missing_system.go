//go:build !linux

package capi

// Missing says why this build cannot use OpenVINO.
const Missing = "it is used on Linux only"
