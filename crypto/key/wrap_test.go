package key_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"datum/crypto/key"
)

// cheap are the lowest costs which are accepted.
var cheap = key.Params{Time: 2, Memory: 19 << 10, Threads: 1}

var passphrase = []byte("correct horse battery staple")

func wrapped(t testing.TB, k *key.Key) []byte {
	t.Helper()
	data, err := key.Wrap(k, passphrase, cheap)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func TestWrapAndUnwrap(t *testing.T) {
	k := mustNew(t)
	for _, pass := range []string{"x", string(passphrase), "pä\x00ss\n", strings.Repeat("long ", 1000)} {
		for _, p := range []key.Params{cheap, {Time: 3, Memory: 20 << 10, Threads: 4}} {
			data, err := key.Wrap(k, []byte(pass), p)
			if err != nil {
				t.Fatal(err)
			}
			got, err := key.Unwrap(data, []byte(pass))
			if err != nil || !got.Equal(k) {
				t.Errorf("%.10q, %+v: %v", pass, p, err)
			}
		}
	}
}

func TestWrapWithTheDefault(t *testing.T) {
	if want := (key.Params{Time: 3, Memory: 64 << 10, Threads: 4}); key.DefaultParams != want {
		t.Errorf("default is %+v", key.DefaultParams)
	}
	k := mustNew(t)
	data, err := key.Wrap(k, passphrase, key.DefaultParams)
	if err != nil {
		t.Fatal(err)
	}
	if got, err := key.Unwrap(data, passphrase); err != nil || !got.Equal(k) {
		t.Error(err)
	}
}

func TestWrappedFileShowsNoSecret(t *testing.T) {
	data := wrapped(t, visibleKey(t))
	checkHidden(t, "the wrapped key", string(data))
	if bytes.Contains(data, passphrase) {
		t.Error("the passphrase is in the file")
	}
	if !bytes.HasPrefix(data, []byte("datum-wrapped-key v1\n")) || !bytes.HasSuffix(data, []byte("\n")) {
		t.Errorf("form of the file:\n%s", data)
	}
	for i, line := range strings.Split(strings.TrimSuffix(string(data), "\n"), "\n")[1:] {
		if !regexp.MustCompile(`^[a-z]+: [!-~]+$`).MatchString(line) {
			t.Errorf("line %d is %q", i+2, line)
		}
	}
}

// Two wraps of one key with one passphrase must have nothing random in common.
func TestWrapIsFresh(t *testing.T) {
	k := mustNew(t)
	a, b := fields(wrapped(t, k)), fields(wrapped(t, k))
	for _, name := range []string{"salt", "sealed"} {
		if a[name] == "" || a[name] == b[name] {
			t.Errorf("%s is %q and %q", name, a[name], b[name])
		}
	}
}

func fields(data []byte) map[string]string {
	all := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), ": "); ok {
			all[name] = value
		}
	}
	return all
}

func TestWrongPassphrase(t *testing.T) {
	data := wrapped(t, mustNew(t))
	for _, pass := range []string{"", "x", string(passphrase[1:]), string(passphrase) + "\n", strings.ToUpper(string(passphrase))} {
		k, err := key.Unwrap(data, []byte(pass))
		if k != nil || !errors.Is(err, key.ErrPassphrase) {
			t.Errorf("%q: %v", pass, err)
		}
		if len(pass) > 3 && strings.Contains(err.Error(), pass) {
			t.Errorf("the error shows the passphrase: %v", err)
		}
	}
}

func TestWrapRefusesAnEmptyPassphrase(t *testing.T) {
	for _, pass := range [][]byte{nil, {}} {
		if data, err := key.Wrap(mustNew(t), pass, cheap); data != nil || !errors.Is(err, key.ErrPassphrase) {
			t.Errorf("%v, error %v", data, err)
		}
	}
}

// outOfBounds are costs one step outside on each side, and far outside.
var outOfBounds = []key.Params{
	{}, {Time: 1, Memory: 64 << 10, Threads: 4}, {Time: 17, Memory: 64 << 10, Threads: 4},
	{Time: 3, Memory: 19<<10 - 1, Threads: 4}, {Time: 3, Memory: 1<<20 + 1, Threads: 4},
	{Time: 3, Memory: 64 << 10, Threads: 0}, {Time: 3, Memory: 64 << 10, Threads: 17},
	{Time: 1<<32 - 1, Memory: 1<<32 - 1, Threads: 255}, {Time: 0, Memory: 64 << 10, Threads: 4},
}

func TestWrapBoundsItsCosts(t *testing.T) {
	for _, p := range outOfBounds {
		if data, err := key.Wrap(mustNew(t), passphrase, p); data != nil || err == nil {
			t.Errorf("%+v is accepted", p)
		}
	}
}

// A file which asks for a terabyte must be refused before anything is computed;
// if it were not, this test would not end.
func TestUnwrapBoundsItsCosts(t *testing.T) {
	data := wrapped(t, mustNew(t))
	for _, p := range outOfBounds {
		changed := withCosts(data, fmt.Sprint(p.Time), fmt.Sprint(p.Memory), fmt.Sprint(p.Threads))
		if _, err := key.Unwrap(changed, passphrase); !errors.Is(err, key.ErrMalformed) {
			t.Errorf("%+v: %v", p, err)
		}
	}
	for _, number := range []string{"", "-3", "+3", "03", "3.0", "0x3", "3e0", "99999999999999999999", "3 ", "٣"} {
		if _, err := key.Unwrap(withCosts(data, number, "19456", "1"), passphrase); !errors.Is(err, key.ErrMalformed) {
			t.Errorf("time %q: %v", number, err)
		}
		if _, err := key.Unwrap(withCosts(data, "2", number, "1"), passphrase); !errors.Is(err, key.ErrMalformed) {
			t.Errorf("memory %q: %v", number, err)
		}
		if _, err := key.Unwrap(withCosts(data, "2", "19456", number+"0"), passphrase); !errors.Is(err, key.ErrMalformed) {
			t.Errorf("threads %q: %v", number+"0", err)
		}
	}
}

func withCosts(data []byte, time, memory, threads string) []byte {
	for name, value := range map[string]string{"time": time, "memory": memory, "threads": threads} {
		data = withField(data, name, value)
	}
	return data
}

func withField(data []byte, name, value string) []byte {
	return regexp.MustCompile(`(?m)^`+name+`: .*$`).ReplaceAll(data, []byte(name+": "+value))
}

// The header is authenticated: costs which are within the bounds, another salt
// or another fingerprint do not go unnoticed.
func TestTampering(t *testing.T) {
	k := mustNew(t)
	data, other := wrapped(t, k), wrapped(t, mustNew(t))
	flipped, err := base64.URLEncoding.DecodeString(fields(data)["sealed"])
	if err != nil {
		t.Fatal(err)
	}
	flipped[len(flipped)-1] ^= 1
	tests := map[string][]byte{
		"time":            withField(data, "time", "3"),
		"memory":          withField(data, "memory", "19457"),
		"threads":         withField(data, "threads", "2"),
		"salt":            withField(data, "salt", fields(other)["salt"]),
		"sealed of other": withField(data, "sealed", fields(other)["sealed"]),
		"sealed, one bit": withField(data, "sealed", base64.URLEncoding.EncodeToString(flipped)),
		"fingerprint":     withField(data, "fingerprint", fields(other)["fingerprint"]),
	}
	for name, changed := range tests {
		t.Run(name, func(t *testing.T) {
			if bytes.Equal(changed, data) {
				t.Fatal("nothing was changed")
			}
			if _, err := key.Unwrap(changed, passphrase); !errors.Is(err, key.ErrPassphrase) {
				t.Errorf("error %v", err)
			}
		})
	}
	if got, err := key.Unwrap(data, passphrase); err != nil || !got.Equal(k) {
		t.Errorf("the untouched file: %v", err)
	}
}

func TestUnwrapRefusesOtherForms(t *testing.T) {
	data := string(wrapped(t, mustNew(t)))
	lines := strings.SplitAfter(data, "\n")
	swapped := append([]string{lines[0], lines[1], lines[3], lines[2]}, lines[4:]...)
	sealed := fields([]byte(data))["sealed"]
	tests := map[string]string{
		"empty":               "",
		"plain key":           publishedText,
		"first line only":     lines[0],
		"version 2":           strings.Replace(data, "v1", "v2", 1),
		"version 10":          strings.Replace(data, "v1", "v10", 1),
		"other kdf":           strings.Replace(data, "argon2id", "argon2i", 1),
		"other cipher":        string(withField([]byte(data), "cipher", "none")),
		"lines swapped":       strings.Join(swapped, ""),
		"line twice":          lines[0] + lines[1] + data[len(lines[0]):],
		"line left out":       lines[0] + strings.Join(lines[2:], ""),
		"line added":          data + "comment: hello\n",
		"junk behind":         data + "x",
		"two files":           data + data,
		"two blanks":          strings.Replace(data, "time: ", "time:  ", 1),
		"capital name":        strings.Replace(data, "salt", "Salt", 1),
		"short salt":          string(withField([]byte(data), "salt", "AAAA")),
		"long salt":           string(withField([]byte(data), "salt", strings.Repeat("A", 64))),
		"empty salt":          string(withField([]byte(data), "salt", "")),
		"sealed cut":          string(withField([]byte(data), "sealed", sealed[:len(sealed)-4])),
		"sealed longer":       string(withField([]byte(data), "sealed", "AAAA"+sealed)),
		"sealed is no base64": string(withField([]byte(data), "sealed", strings.Repeat("!", len(sealed)))),
		"NUL":                 strings.Replace(data, "kdf", "k\x00f", 1),
		"longer than a file":  data + strings.Repeat("\n", 4096),
		"format verbs":        "datum-wrapped-key v1\nkdf: %s%d%v\n",
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			if text == data {
				t.Fatal("nothing was changed")
			}
			if k, err := key.Unwrap([]byte(text), passphrase); k != nil || !errors.Is(err, key.ErrMalformed) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// With no passphrase, Unwrap says ErrPassphrase for what has the right form and
// ErrMalformed for the rest, without computing anything: cheap enough to try
// every truncation and every changed byte.
func TestEveryTruncationAndFlipOfAWrappedKey(t *testing.T) {
	data := wrapped(t, mustNew(t))
	for n := range len(data) - 1 { // without the last line break it may pass
		if _, err := key.Unwrap(data[:n], nil); !errors.Is(err, key.ErrMalformed) {
			t.Fatalf("first %d bytes: %v", n, err)
		}
	}
	for i := range data {
		for bit := range 8 {
			changed := bytes.Clone(data)
			changed[i] ^= 1 << bit
			_, err := key.Unwrap(changed, nil)
			if !errors.Is(err, key.ErrMalformed) && !errors.Is(err, key.ErrPassphrase) {
				t.Fatalf("byte %d, bit %d: %v", i, bit, err)
			}
		}
	}
}

// A frozen file, made with Argon2id and AES-256-GCM of Python's cryptography:
// what was wrapped years ago, and elsewhere, must still open.
func TestFrozenWrappedKey(t *testing.T) {
	const frozen = `datum-wrapped-key v1
kdf: argon2id
time: 2
memory: 19456
threads: 1
salt: nUXHs1B44-rbVEoQXeDbmw==
cipher: aes-256-gcm
fingerprint: dk1:zk6p-axol-cmet-loce
sealed: y1uQQIieBiQsnDRPHFu2wdymtc3pin_IJucT2Yrx9F07pO2yyK39i1du91_taN88
`
	k, err := key.Unwrap([]byte(frozen), passphrase)
	if err != nil || !k.Equal(mustParse(t, publishedText)) {
		t.Error(err)
	}
}

func FuzzUnwrap(f *testing.F) {
	data := wrapped(f, mustParse(f, publishedText))
	f.Add(data)
	f.Add(data[:len(data)/2])
	f.Add(withCosts(data, "16", "1048576", "16"))
	f.Add(withCosts(data, "4294967295", "4294967295", "255"))
	f.Add([]byte("datum-wrapped-key v1\n"))
	f.Add([]byte(publishedText))
	f.Fuzz(func(t *testing.T, data []byte) {
		k, err := key.Unwrap(data, nil) // the form alone: costs nothing
		if k != nil || err == nil {
			t.Fatal("opened without a passphrase")
		}
		malformed, ok := errors.Is(err, key.ErrMalformed), errors.Is(err, key.ErrPassphrase)
		if malformed == ok {
			t.Fatalf("error %v", err)
		}
		if ok && len(data) > 4096 {
			t.Fatal("longer than a key file may be")
		}
		if _, err := key.Parse(data); ok && !errors.Is(err, key.ErrWrapped) {
			t.Fatalf("Parse does not see that it is wrapped: %v", err)
		}
	})
}
