package cloud

import (
	"errors"
	"strings"
	"testing"

	"datum/files"
	"datum/formats"
)

func TestParse(t *testing.T) {
	t.Setenv("AWS_REGION", "")
	for _, test := range []struct {
		url, bucket, key, name string
		folder                 bool
	}{
		{"s3://b/a/c", "s3://b", "a/c", "s3://b/a/c", false},
		{"s3://b/a/c/", "s3://b", "a/c", "s3://b/a/c", true},
		{"s3://b", "s3://b", "", "s3://b", true},
		{"s3://b/?region=x", "s3://b?region=x", "", "s3://b", true},
		{"s3://b/night%20shift%3F?region=x", "s3://b?region=x", "night shift?", "s3://b/night shift?", false},
		{"s3://b/x?endpoint=http://h:1", "s3://b?endpoint=http%3A%2F%2Fh%3A1&region=us-east-1&use_path_style=true", "x", "s3://b/x", false},
		{"gs://b/x?anonymous=true", "gs://b?anonymous=true", "x", "gs://b/x", false},
		{"azblob://b/x?storage_account=y", "azblob://b?storage_account=y", "x", "azblob://b/x", false},
	} {
		l, err := parse(test.url)
		if err != nil || l.bucket.String() != test.bucket || l.key != test.key || l.name != test.name || l.folder != test.folder {
			t.Errorf("%s: %v, %q, %q, folder %v, %v", test.url, l.bucket, l.key, l.name, l.folder, err)
		}
	}
}

func TestURLsThatAreRefused(t *testing.T) {
	for _, url := range []string{
		"s3://AKIAHUSH:hush@b/x", "s3://hush@b/x", "s3://b/x?secret_access_key=hush", "s3://b/x?sig=hush", "gs://b/x?private_key_path=hush",
		"azblob://b/x?sastoken=hush", "http://b/hush", "mem://hush", "s3:///hush", "s3://b/x#hush", "s3://b/a//hush", "s3://b/../hush", "s3://b/x?%zzhush", "s3://b:hush/x",
	} {
		_, err := parse(url)
		if !errors.Is(err, formats.ErrUsage) {
			t.Errorf("%s: %v", url, err)
			continue
		}
		path := strings.Contains(files.URLName(url), "hush")
		if text := err.Error() + formats.Hint(err); strings.Contains(text, "hush") != path && strings.Contains(text, "hush") {
			t.Errorf("%s: it is repeated in %q", url, text)
		}
	}
}

func TestAbove(t *testing.T) {
	l, err := parse("s3://b/a/c?region=x")
	if err != nil {
		t.Fatal(err)
	}
	up, base, ok := l.above()
	if !ok || base != "c" || up.prefix() != "a/" || up.name != "s3://b/a" {
		t.Errorf("%+v, %q, %v", up, base, ok)
	}
	up, base, ok = up.above()
	if !ok || base != "a" || up.prefix() != "" || up.name != "s3://b" {
		t.Errorf("%+v, %q, %v", up, base, ok)
	}
	if _, _, ok = up.above(); ok {
		t.Error("something is above the bucket")
	}
}

func TestSecretsAreHidden(t *testing.T) {
	for _, text := range []string{
		`Get "https://me:hush@host/b?x-id=GetObject": refused`,
		`Head "https://a.blob.core.windows.net/c/x?sv=2020&sig=hush%3D": no such host`,
		`<Error><Query>a=b&sig=hush&c=d</Query></Error>`,
		`X-Amz-Signature=hush was wrong`,
		`open bucket s3://b?endpoint=http%3A%2F%2Fme%3Ahush%40host: no`,
		`AccountKey=hush;EndpointSuffix=x`,
	} {
		for _, err := range []error{failure("s3://b", "s3", errors.New(text)), failure("", "azblob", errors.New(text))} {
			if strings.Contains(err.Error(), "hush") {
				t.Errorf("%q is shown as %q", text, err)
			}
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("s3://b/a/c?region=x&endpoint=http://h")
	f.Add("azblob://u:p@b/%20")
	f.Fuzz(func(t *testing.T, url string) {
		l, err := parse(url)
		if err != nil {
			return
		}
		if l.bucket.User != nil || strings.HasPrefix(l.key, "/") || strings.HasSuffix(l.key, "/") || l.folder && l.prefix() != "" && !strings.HasSuffix(l.prefix(), "/") {
			t.Errorf("%q: %+v", url, l)
		}
		for up, _, ok := l.above(); ok; up, _, ok = up.above() {
			if up.name != "" && !files.IsURL(up.name) {
				t.Fatalf("%q: above is %q", url, up.name)
			}
		}
	})
}
