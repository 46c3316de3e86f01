package commands

import "testing"

func TestNamesCloud(t *testing.T) {
	for arg, want := range map[string]bool{
		"s3://b/x": true, "gs://b": true, "--input-path=azblob://c/x?a=b": true, "-i=s3://b": true,
		"file:///x": false, "FILE:///x": false, "-i": false, "x/y": false, "--color=never": false, "": false,
	} {
		if namesCloud(arg) != want {
			t.Errorf("%q: %v", arg, !want)
		}
	}
}
