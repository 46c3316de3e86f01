//go:build race

package fernet

const raceEnabled = true
