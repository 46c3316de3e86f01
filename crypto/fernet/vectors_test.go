package fernet

import (
	"encoding/base64"
	"errors"
	"testing"
	"time"
)

// The vectors of https://github.com/fernet/spec: generate.json, verify.json and
// invalid.json, with the two cases which fernet-go adds to the last.

const publishedSecret = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4="

const publishedToken = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA=="

var publishedTime = time.Date(1985, 10, 26, 1, 20, 0, 0, time.FixedZone("", -7*3600))

func secretOf(t testing.TB, text string) *[32]byte {
	t.Helper()
	raw, err := base64.URLEncoding.DecodeString(text)
	if err != nil || len(raw) != 32 {
		t.Fatalf("bad secret in test: %v", err)
	}
	return (*[32]byte)(raw)
}

func TestPublishedGenerate(t *testing.T) {
	if publishedTime.Unix() != 499162800 {
		t.Fatalf("time of the vector is %d", publishedTime.Unix())
	}
	c := New(secretOf(t, publishedSecret))
	iv := [16]byte{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15}
	got := c.AppendEncryptAt(nil, []byte("hello"), publishedTime, iv)
	if string(got) != publishedToken {
		t.Errorf("got  %s\nwant %s", got, publishedToken)
	}
}

func TestPublishedVerify(t *testing.T) {
	c := New(secretOf(t, publishedSecret))
	got, err := c.AppendDecrypt(nil, []byte(publishedToken))
	if err != nil || string(got) != "hello" {
		t.Errorf("got %q, %v", got, err)
	}
	at, err := Timestamp([]byte(publishedToken))
	if err != nil || !at.Equal(publishedTime) {
		t.Errorf("time is %v, %v", at, err)
	}
}

func TestPublishedInvalid(t *testing.T) {
	now := publishedTime.Add(time.Second)
	const ttl, skew = time.Minute, time.Minute
	tests := []struct {
		name, token string
		want        error // nil where only the time is wrong
		now         time.Time
	}{
		{"incorrect mac", "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==", ErrAuthentication, now},
		{"too short", "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==", ErrTooShort, now},
		{"invalid base64", "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==", ErrEncoding, now},
		{"payload size not multiple of block size", "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPOm73QeoCk9uGib28Xe5vz6oxq5nmxbx_v7mrfyudzUm", ErrLength, now},
		{"payload padding error", "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0ODz4LEpdELGQAad7aNEHbf-JkLPIpuiYRLQ3RtXatOYREu2FWke6CnJNYIbkuKNqOhw==", ErrPadding, now},
		{"far-future TS", "gAAAAAAdwStRAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAnja1xKYyhd-Y6mSkTOyTGJmw2Xc2a6kBd-iX9b_qXQcw==", nil, now},
		{"expired TTL", "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==", nil, now.Add(90 * time.Second)},
		{"incorrect IV", "gAAAAAAdwJ6xBQECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAkLhFLHpGtDBRLRTZeUfWgHSv49TF2AUEZ1TIvcZjK1zQ==", ErrPadding, now},
		{"fernet-go 1", "gAAAAABdnQ1TUKh2OE_ggbyCIxfg", ErrTooShort, now},
		{"fernet-go 2", "gAAA", ErrTooShort, now},
	}
	c := New(secretOf(t, publishedSecret))
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := c.AppendDecrypt(nil, []byte(test.token))
			if !errors.Is(err, test.want) {
				t.Fatalf("got %q, error %v, want %v", got, err, test.want)
			}
			if err != nil {
				return
			}
			// The package leaves the time to the caller: judge it as one would.
			at, err := Timestamp([]byte(test.token))
			if err != nil {
				t.Fatal(err)
			}
			if !test.now.After(at.Add(ttl)) && !at.After(test.now.Add(skew)) {
				t.Errorf("time %v is fresh at %v", at, test.now)
			}
		})
	}
}
