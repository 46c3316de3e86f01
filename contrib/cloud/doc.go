// Package cloud reads and writes datasets in object storage: s3://, gs:// and
// azblob:// URLs, through gocloud.dev/blob. It is a module of its own, since the
// libraries of the three clouds are three times as large as all of datum, and
// comes with a program, datum-cloud, which is datum with such URLs.
//
// # URLs
//
// s3://BUCKET/PREFIX is the folder of all objects whose key begins with PREFIX/;
// where there is an object called PREFIX it is a file, or the folder in an
// archive. Parameters say where a bucket is, as in
// s3://BUCKET/PREFIX?region=eu-west-1&endpoint=https://HOST. Credentials never
// belong in a URL: each cloud has its own places for them, see the README.
//
// # Writing
//
// Object storage can neither rename a folder nor lock it. A dataset is made on
// this machine first, in a temporary folder, which has nothing in plain where
// the target is encrypted; then it is uploaded, annotation files last. As long
// as that takes, an object called .datum-writing lies beside them. It is made
// only where there is none, which keeps a second writer away, and who reads with
// this package refuses what has one. A run that fails deletes what it uploaded.
// Where a dataset is replaced, what no longer belongs to it is deleted at the
// end; if that run fails after the first old object was overwritten, the mark
// stays, and the next run with --overwrite repairs it. An archive is a single
// object: there before or after, and never in between.
package cloud
