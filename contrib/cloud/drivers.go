package cloud

import (
	"context"
	"fmt"
	"net/url"
	"os"

	"cloud.google.com/go/storage"
	"gocloud.dev/blob"
	"gocloud.dev/blob/gcsblob"
	"gocloud.dev/gcp"
	"golang.org/x/oauth2/google"

	// The drivers register themselves for the schemes of their URLs.
	_ "gocloud.dev/blob/azureblob"
	_ "gocloud.dev/blob/s3blob"
)

// openBucket opens a bucket of one of the three clouds.
func openBucket(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	if u.Scheme != gcsblob.Scheme {
		return blob.OpenBucket(ctx, u.String())
	}
	b, err := openGoogle(ctx, u)
	if err != nil {
		return nil, err
	}
	// Of the three libraries only Google's tries again without end.
	var client *storage.Client
	if b.As(&client) {
		client.SetRetry(storage.WithMaxAttempts(5))
	}
	return b, nil
}

// openGoogle sees to it that the library never looks for credentials that are not
// there: it says so on standard output, which is for results.
func openGoogle(ctx context.Context, u *url.URL) (*blob.Bucket, error) {
	q := u.Query()
	if q.Get("anonymous") == "true" {
		return new(gcsblob.URLOpener).OpenBucketURL(ctx, u)
	}
	if os.Getenv("STORAGE_EMULATOR_HOST") == "" {
		if _, err := gcp.DefaultCredentialsWithParams(ctx, google.CredentialsParams{UniverseDomain: q.Get("universe_domain")}); err != nil {
			return nil, fmt.Errorf("%w: %w", errNoCredentials, err)
		}
	}
	return blob.OpenBucket(ctx, u.String())
}
