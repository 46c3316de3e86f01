package key_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"strings"
	"testing"

	"datum/crypto/key"
)

func TestParseTakesWhiteSpaceAround(t *testing.T) {
	want := mustParse(t, publishedText)
	for _, text := range []string{
		publishedText + "\n", publishedText + "\r\n", publishedText + "\n\n", " " + publishedText,
		"\t" + publishedText + " \t\r\n", "\n" + publishedText,
	} {
		k, err := key.Parse([]byte(text))
		if err != nil || !k.Equal(want) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestParseRefuses(t *testing.T) {
	body := strings.TrimPrefix(publishedText, key.Prefix)
	tests := []struct {
		name, text string
		says       string // what the error helps with
	}{
		{"nothing", "", "empty"},
		{"only white space", " \r\n\t", "empty"},
		{"only the prefix", key.Prefix, "6 characters"},
		{"one character less", publishedText[:49], "49 characters"},
		{"one character more", publishedText + "A", "51 characters"},
		{"twice", publishedText + publishedText, "100 characters"},
		{"padding left out", strings.TrimRight(publishedText, "="), "49 characters"},
		{"padding twice", publishedText + "=", "51 characters"},
		{"bare Fernet key", body, "prefix"},
		{"other prefix", "datam-" + body, "prefix"},
		{"capital prefix", "DATUM-" + body, "prefix"},
		{"quote in front", `"datum` + body, "prefix"},
		{"no dash", "datum_" + body, "prefix"},
		{"in quotes", `"` + publishedText + `"`, "52 characters"},
		{"byte order mark", "\ufeff" + publishedText, "53 characters"},
		{"two keys on two lines", publishedText + "\n" + publishedText, "101 characters"},
		{"hexadecimal", key.Prefix + strings.Repeat("0f", 32), "70 characters"},
		{"standard alphabet, slash", strings.Replace(publishedText, "_", "/", 1), "standard"},
		{"standard alphabet, plus", strings.Replace(publishedText, "cw", "+w", 1), "standard"},
		{"blank inside", strings.Replace(publishedText, "0x", " x", 1), "alphabet"},
		{"line feed inside", strings.Replace(publishedText, "0x", "\nx", 1), "alphabet"},
		{"carriage return inside", strings.Replace(publishedText, "0x", "\rx", 1), "alphabet"},
		{"NUL inside", strings.Replace(publishedText, "0x", "\x00x", 1), "alphabet"},
		{"letter of two bytes", strings.Replace(publishedText, "0x", "é", 1), "alphabet"},
		{"padding inside", strings.Replace(publishedText, "0x", "=x", 1), "alphabet"},
		{"two paddings", publishedText[:48] + "==", "alphabet"},
		{"33 bytes", publishedText[:49] + "A", "last character"},
		{"unused bits set", publishedText[:48] + "5=", "unused bits"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			k, err := key.Parse([]byte(test.text))
			if k != nil || !errors.Is(err, key.ErrMalformed) {
				t.Fatalf("error %v", err)
			}
			if !strings.Contains(err.Error(), test.says) {
				t.Errorf("error %q does not say %q", err, test.says)
			}
			checkNoLeak(t, err.Error(), test.text)
		})
	}
}

// The prefix is wrong and helpful: what Datumaro took is said to be mendable.
func TestParseHelpsWithAnotherPrefix(t *testing.T) {
	_, err := key.Parse([]byte("XXXXXX" + strings.TrimPrefix(publishedText, key.Prefix)))
	for _, want := range []string{`"datum-"`, "Datumaro", "first 6 characters"} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v does not say %s", err, want)
		}
	}
	if strings.Contains(err.Error(), "XXXXXX") {
		t.Error("the error repeats the text")
	}
}

func TestParseOfAWrappedKey(t *testing.T) {
	data, err := key.Wrap(mustNew(t), []byte("pass"), cheap)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := key.Parse(data); !errors.Is(err, key.ErrWrapped) {
		t.Errorf("error %v", err)
	}
}

func TestParseLeavesItsArgument(t *testing.T) {
	text := []byte(publishedText + "\n")
	mustParse(t, string(text))
	if _, err := key.Parse(text); err != nil || string(text) != publishedText+"\n" {
		t.Errorf("argument is now %q, %v", text, err)
	}
}

// Of every byte at every place, exactly those which canonical base64url has
// there are accepted: all 64 in the first 42 characters, the 16 without unused
// bits in the 43rd, the padding at the end.
func TestParseEveryByteAtEveryPlace(t *testing.T) {
	for at := range len(publishedText) {
		accepted := 0
		for b := range 256 {
			text := []byte(publishedText)
			text[at] = byte(b)
			k, err := key.Parse(text)
			if err == nil {
				accepted++
				if got := k.AppendText(nil); !bytes.Equal(got, text) {
					t.Fatalf("place %d, byte %#x: two texts for one key", at, b)
				}
			} else {
				checkNoLeak(t, err.Error(), string(text))
			}
		}
		want := 64
		switch {
		case at < len(key.Prefix), at == len(publishedText)-1:
			want = 1
		case at == len(publishedText)-2:
			want = 16
		}
		if accepted != want {
			t.Errorf("place %d: %d bytes accepted, want %d", at, accepted, want)
		}
	}
}

func TestParseEveryTruncation(t *testing.T) {
	for n := range len(publishedText) {
		if _, err := key.Parse([]byte(publishedText[:n])); !errors.Is(err, key.ErrMalformed) {
			t.Errorf("first %d characters: %v", n, err)
		}
		if _, err := key.Parse([]byte(publishedText[n+1:])); !errors.Is(err, key.ErrMalformed) {
			t.Errorf("without the first %d characters: %v", n+1, err)
		}
	}
}

// checkNoLeak fails if said repeats six or more characters of the secret part
// of text, as it is or decoded.
func checkNoLeak(t *testing.T, said, text string) {
	t.Helper()
	secret := strings.TrimPrefix(strings.TrimSpace(text), key.Prefix)
	said = strings.ReplaceAll(said, `"datum-"`, "") // the error says which prefix is wanted
	for i := 0; i+6 <= len(secret); i++ {
		if strings.Contains(said, secret[i:i+6]) {
			t.Fatalf("the error shows %q", secret[i:i+6])
		}
	}
	if raw, err := base64.URLEncoding.DecodeString(secret); err == nil && len(raw) > 8 && strings.Contains(said, string(raw[:8])) {
		t.Fatal("the error shows the secret bytes")
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(publishedText))
	f.Add([]byte(publishedText + "\r\n"))
	f.Add([]byte(publishedText[:48] + "5="))
	f.Add([]byte("XXXXXX" + publishedText[6:]))
	f.Add([]byte("datum-wrapped-key v1\nkdf: argon2id\n"))
	f.Add([]byte(""))
	f.Fuzz(func(t *testing.T, text []byte) {
		k, err := key.Parse(text)
		if err != nil {
			if k != nil {
				t.Fatal("a key and an error")
			}
			if !errors.Is(err, key.ErrMalformed) && !errors.Is(err, key.ErrWrapped) {
				t.Fatalf("error %v has no class", err)
			}
			return
		}
		if got := k.AppendText(nil); !bytes.Equal(got, bytes.TrimSpace(text)) {
			t.Fatalf("%q became %q", text, got)
		}
	})
}
