package cloud

import (
	"net/url"
	"os"
	"path"
	"slices"
	"strings"

	"datum/files"
	"datum/formats"
)

// parameters are those of a URL that mean something, by its scheme. All others
// are refused, and not shown: they may be a secret in the wrong place.
var parameters = map[string][]string{
	"s3": {
		"region", "endpoint", "profile", "anonymous", "use_path_style", "disable_https", "dualstack", "fips", "accelerate", "ssetype", "kmskeyid",
		"role", "role_session_name", "role_duration", "request_checksum_calculation", "response_checksum_validation",
	},
	"gs":     {"anonymous", "universe_domain"},
	"azblob": {"storage_account", "domain", "protocol", "cdn", "localemu"},
}

// location is a place in a bucket.
type location struct {
	bucket *url.URL // without the path
	key    string   // of an object, or of a folder without its slash; empty for all of the bucket
	folder bool     // the URL says that it is a folder
	name   string   // for people
}

func parse(text string) (location, error) {
	name := files.URLName(text)
	refuse := func(reason, hint string, args ...any) (location, error) {
		return location{}, formats.WithHint(formats.Reason(formats.ErrUsage, "%s: %s", name, reason), hint, args...)
	}
	u, err := url.Parse(text)
	if err != nil {
		return refuse("the URL cannot be understood", "it is SCHEME://BUCKET/PREFIX?NAME=VALUE, with %%3F for a ? in a name")
	}
	known, ok := parameters[u.Scheme]
	switch {
	case !ok:
		return refuse("URLs of this kind are not opened", "s3://, gs://, azblob:// and file:// are")
	case u.User != nil:
		return refuse("there are credentials in the URL", "everybody on this machine can read them there; %s", whereCredentials(u.Scheme))
	case u.Host == "":
		return refuse("the bucket is missing", "it is %s://BUCKET/PREFIX", u.Scheme)
	case u.Fragment != "":
		return refuse("what follows # has no meaning", "a # in a name is %%23")
	}
	q, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return refuse("its parameters cannot be understood", "they are ?NAME=VALUE&NAME=VALUE")
	}
	for p := range q {
		if !slices.Contains(known, p) {
			return refuse("it has a parameter that is not known", "of %s:// these are: %s", u.Scheme, strings.Join(known, ", "))
		}
	}
	if u.Scheme == "s3" {
		compatible(q)
	}
	key := strings.TrimPrefix(u.Path, "/")
	l := location{bucket: &url.URL{Scheme: u.Scheme, Host: u.Host, RawQuery: q.Encode()}, key: strings.TrimRight(key, "/")}
	if l.name = u.Scheme + "://" + u.Host; l.key != "" {
		l.name += "/" + l.key
	}
	l.folder = l.key == "" || l.key != key
	if l.key != "" && path.Clean("/"+l.key) != "/"+l.key {
		return refuse("the path has an element that is empty, . or ..", "name the folder as its objects are named")
	}
	return l, nil
}

// compatible fills in what servers of other makers expect, which are told by
// their endpoint: the bucket in the path, and any region.
func compatible(q url.Values) {
	if !q.Has("endpoint") {
		return
	}
	if !q.Has("use_path_style") {
		q.Set("use_path_style", "true")
	}
	if !q.Has("region") && os.Getenv("AWS_REGION") == "" && os.Getenv("AWS_DEFAULT_REGION") == "" {
		q.Set("region", "us-east-1")
	}
}

// prefix is what the keys of everything in the folder begin with.
func (l location) prefix() string {
	if l.key == "" {
		return ""
	}
	return l.key + "/"
}

// above returns the folder above and the name in it; ok is false for a bucket.
func (l location) above() (up location, base string, ok bool) {
	if l.key == "" {
		return location{}, "", false
	}
	dir, base := path.Split(l.key)
	up = location{bucket: l.bucket, key: strings.TrimSuffix(dir, "/"), folder: true, name: strings.TrimSuffix(l.name, "/"+base)}
	return up, base, true
}
