//go:build !race

package openvino_test

const withRace = false
