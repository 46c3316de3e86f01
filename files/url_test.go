package files

import "testing"

func TestURLs(t *testing.T) {
	for _, test := range []struct {
		name, shown string
		is          bool
	}{
		{"s3://bucket", "s3://bucket", true},
		{"s3://bucket/a/b/", "s3://bucket/a/b", true},
		{"s3://bucket/a?region=x&endpoint=http://me:secret@host", "s3://bucket/a", true},
		{"s3://AKIA:secret@bucket/a#b", "s3://bucket/a", true},
		{"s3://bucket?x=/y", "s3://bucket", true},
		{"azblob://c/p", "azblob://c/p", true},
		{"C://x", "C://x", false},
		{"a b://x", "a b://x", false},
		{"/tmp/s3:/x", "/tmp/s3:/x", false},
		{"x:coco", "x:coco", false},
		{"", "", false},
	} {
		if got := IsURL(test.name); got != test.is {
			t.Errorf("IsURL(%q) = %v", test.name, got)
		}
		if got := URLName(test.name); got != test.shown {
			t.Errorf("URLName(%q) = %q, want %q", test.name, got, test.shown)
		}
	}
}

func TestFileURLs(t *testing.T) {
	for _, test := range []struct{ name, want string }{
		{"file:///a/b%20c", "/a/b c"},
		{"FILE://localhost/a", "/a"},
		{"file:///a%3Fb", "/a?b"},
		{"plain", "plain"},
		{"s3://b", "s3://b"},
		{"file://a/b", ""},
		{"file:///a?b=c", ""},
		{"file://", ""},
		{"file:///%zz", ""},
	} {
		got, err := FromFileURL(test.name)
		if got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("FromFileURL(%q) = %q, %v", test.name, got, err)
		}
	}
}

func FuzzURLName(f *testing.F) {
	f.Add("s3://a:b@c/d?e#f")
	f.Add("file:///x")
	f.Fuzz(func(t *testing.T, name string) {
		shown := URLName(name)
		if IsURL(name) && (!IsURL(shown) || URLName(shown) != shown) {
			t.Errorf("%q is shown as %q", name, shown)
		}
		FromFileURL(name)
	})
}
