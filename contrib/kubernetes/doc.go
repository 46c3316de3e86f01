// Package kubernetes holds the manifests of a conversion in shards, as an Indexed
// Job, and a test that does what a cluster would do with them. There is no Go in
// it otherwise.
package kubernetes
