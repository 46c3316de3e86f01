package cloud

import (
	"context"
	"net/url"

	"gocloud.dev/blob"

	// The drivers register themselves for the schemes of their URLs.
	_ "gocloud.dev/blob/azureblob"
	_ "gocloud.dev/blob/gcsblob"
	_ "gocloud.dev/blob/s3blob"
)

// openBucket opens a bucket of one of the three clouds.
func openBucket(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	return blob.OpenBucket(ctx, u.String())
}
