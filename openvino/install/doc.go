// Package install puts OpenVINO's CPU runtime on a machine, finds it and takes it
// away again.
//
// The runtime is a few shared libraries out of the published Python wheel. No
// Python is needed to get them: the wheel is looked for where pip would look, by
// pip's own settings, and only what is needed of it is downloaded where the
// server can do that. Where no index is configured, pip itself downloads.
//
// With it comes libturbojpeg, which decodes JPEG files, out of a wheel of its own. The
// runtime is installed without it where it cannot be had.
//
// What is installed does not depend on where it came from: each file has a
// pinned size and SHA-256, and nothing else is ever put in place. So wheels for
// other Pythons, a mirror, or an installed openvino package will do.
package install
