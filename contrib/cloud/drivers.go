package cloud

import (
	"context"
	"net/url"

	"cloud.google.com/go/storage"
	"gocloud.dev/blob"

	// The drivers register themselves for the schemes of their URLs.
	_ "gocloud.dev/blob/azureblob"
	_ "gocloud.dev/blob/gcsblob"
	_ "gocloud.dev/blob/s3blob"
)

// openBucket opens a bucket of one of the three clouds.
func openBucket(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	b, err := blob.OpenBucket(ctx, u.String())
	if err != nil {
		return nil, err
	}
	// Of the three libraries only Google's tries again without end.
	var google *storage.Client
	if b.As(&google) {
		google.SetRetry(storage.WithMaxAttempts(5))
	}
	return b, nil
}
