package compiledcache

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"datum/crypto/key"
	"datum/crypto/sealed"
)

func newKey(t testing.TB) *key.Key {
	t.Helper()
	k, err := key.New()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func newCache(t testing.TB) *Cache { return New(filepath.Join(t.TempDir(), "a", "cache"), newKey(t)) }

var testID = ID{Model: [32]byte{1}, Changes: "batch 1", Runtime: "2026.4.1", Machine: "a processor", Options: "CPU f32"}

func put(t testing.TB, c *Cache, id ID, blob []byte) {
	t.Helper()
	if err := c.Put(id, func(w io.Writer) error { _, err := w.Write(blob); return err }); err != nil {
		t.Fatal(err)
	}
}

// get returns what is kept, as a copy.
func get(c *Cache, id ID) ([]byte, error) {
	m, err := c.Get(id)
	if err != nil {
		return nil, err
	}
	b := bytes.Clone(m.Bytes())
	return b, m.Free()
}

// entries are the files of a cache.
func entries(t testing.TB, c *Cache) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(c.dir, "*"))
	if err != nil {
		t.Fatal(err)
	}
	hidden, err := filepath.Glob(filepath.Join(c.dir, temp+"*"))
	if err != nil {
		t.Fatal(err)
	}
	return append(all, hidden...)
}

func TestPutAndGet(t *testing.T) {
	c := newCache(t)
	if _, err := c.Get(testID); !errors.Is(err, ErrMiss) {
		t.Errorf("an empty cache: %v", err)
	}
	for _, n := range []int{0, 1, 16384 - 32, 16384, 1_000_000} {
		blob := bytes.Repeat([]byte("0123456789"), n/10+1)[:n]
		put(t, c, testID, blob)
		if got, err := get(c, testID); err != nil || !bytes.Equal(got, blob) {
			t.Errorf("of %d bytes, %d come back: %v", n, len(got), err)
		}
	}
	files := entries(t, c)
	if len(files) != 1 {
		t.Fatalf("%q", files)
	}
	st, err := os.Stat(files[0])
	if err != nil || st.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v", st.Mode(), err)
	}
	if st, err = os.Stat(c.dir); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("the folder: %v, %v", st.Mode(), err)
	}
	raw, err := os.ReadFile(files[0])
	if err != nil || bytes.Contains(raw, []byte("0123456789")) {
		t.Errorf("it is in clear, or %v", err)
	}
	if purpose, err := sealed.Purpose(bytes.NewReader(raw)); purpose != Purpose || err != nil {
		t.Errorf("%q, %v", purpose, err)
	}
}

// Whatever differs is another entry.
func TestEveryFieldCounts(t *testing.T) {
	c := newCache(t)
	put(t, c, testID, []byte("blob"))
	for name, change := range map[string]func(*ID){
		"model":   func(id *ID) { id.Model[31]++ },
		"changes": func(id *ID) { id.Changes += "0" },
		"runtime": func(id *ID) { id.Runtime = "2026.4.0" },
		"machine": func(id *ID) { id.Machine = "" },
		"options": func(id *ID) { id.Options = "CPU bf16" },
		"borders": func(id *ID) { id.Changes, id.Runtime = id.Changes+id.Runtime[:1], id.Runtime[1:] },
	} {
		id := testID
		change(&id)
		if _, err := c.Get(id); !errors.Is(err, ErrMiss) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Another key finds nothing, and does not remove what it cannot open.
func TestOtherKey(t *testing.T) {
	c := newCache(t)
	put(t, c, testID, []byte("blob"))
	other := New(c.dir, newKey(t))
	if _, err := other.Get(testID); !errors.Is(err, ErrMiss) {
		t.Errorf("%v", err)
	}
	put(t, other, testID, []byte("other"))
	if len(entries(t, c)) != 2 {
		t.Errorf("two keys share %q", entries(t, c))
	}
	if got, err := get(c, testID); string(got) != "blob" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	c.key.Destroy()
	if _, err := c.Get(testID); !errors.Is(err, key.ErrDestroyed) {
		t.Errorf("a destroyed key: %v", err)
	}
	if err := c.Put(testID, nil); !errors.Is(err, key.ErrDestroyed) {
		t.Errorf("a destroyed key: %v", err)
	}
}

// An entry that was changed, cut, exchanged or made by somebody else is never
// handed out, and is gone afterwards.
func TestBadEntries(t *testing.T) {
	blob := bytes.Repeat([]byte("blob"), 10_000)
	other := testID
	other.Options = "other"
	for name, spoil := range map[string]func(t *testing.T, c *Cache, path string){
		"a byte": func(t *testing.T, _ *Cache, path string) {
			edit(t, path, func(b []byte) []byte { b[len(b)/2] ^= 1; return b })
		},
		"the first byte": func(t *testing.T, _ *Cache, path string) {
			edit(t, path, func(b []byte) []byte { b[0] ^= 1; return b })
		},
		"the salt": func(t *testing.T, _ *Cache, path string) {
			edit(t, path, func(b []byte) []byte { b[40] ^= 1; return b })
		},
		"cut": func(t *testing.T, _ *Cache, path string) {
			edit(t, path, func(b []byte) []byte { return b[:len(b)-20] })
		},
		"empty": func(t *testing.T, _ *Cache, path string) { edit(t, path, func(b []byte) []byte { return nil }) },
		"longer": func(t *testing.T, _ *Cache, path string) {
			edit(t, path, func(b []byte) []byte { return append(b, 0) })
		},
		"another entry under its name": func(t *testing.T, c *Cache, path string) {
			put(t, c, other, blob)
			for _, e := range entries(t, c) {
				if e != path {
					if err := os.Rename(e, path); err != nil {
						t.Fatal(err)
					}
				}
			}
		},
		"a model in its place": func(t *testing.T, c *Cache, path string) {
			var out bytes.Buffer
			w, err := sealed.NewWriter(&out, c.key, "model")
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			edit(t, path, func([]byte) []byte { return out.Bytes() })
		},
		"nothing sealed": func(t *testing.T, c *Cache, path string) {
			var out bytes.Buffer
			w, err := sealed.NewWriter(&out, c.key, Purpose)
			if err != nil {
				t.Fatal(err)
			}
			if err := w.Close(); err != nil {
				t.Fatal(err)
			}
			edit(t, path, func([]byte) []byte { return out.Bytes() })
		},
	} {
		t.Run(name, func(t *testing.T) {
			c := newCache(t)
			put(t, c, testID, blob)
			spoil(t, c, entries(t, c)[0])
			got, err := get(c, testID)
			if err == nil || errors.Is(err, ErrMiss) || got != nil {
				t.Fatalf("%d bytes, %v", len(got), err)
			}
			if left := entries(t, c); len(left) != 0 {
				t.Errorf("%q is still there", left)
			}
			put(t, c, testID, blob)
			if got, err := get(c, testID); err != nil || !bytes.Equal(got, blob) {
				t.Errorf("put again: %d bytes, %v", len(got), err)
			}
		})
	}
}

func edit(t *testing.T, path string, f func([]byte) []byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, f(b), 0o600); err != nil {
		t.Fatal(err)
	}
}

// An export that fails leaves what was there before, and no more.
func TestFailedPut(t *testing.T) {
	c, broken := newCache(t), errors.New("broken")
	put(t, c, testID, []byte("good"))
	err := c.Put(testID, func(w io.Writer) error {
		w.Write(make([]byte, 500_000))
		return broken
	})
	if !errors.Is(err, broken) || len(entries(t, c)) != 1 {
		t.Errorf("%v, %q", err, entries(t, c))
	}
	if got, err := get(c, testID); string(got) != "good" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := New(filepath.Join(file, "x"), c.key).Put(testID, nil); err == nil {
		t.Error("a folder was made in a file")
	}
}

// What was not used for longest goes first, and what was just put stays.
func TestPrune(t *testing.T) {
	c := newCache(t)
	c.Limit = 350_000
	ids := make([]ID, 5)
	for i := range ids {
		ids[i] = testID
		ids[i].Options = fmt.Sprint(i)
		put(t, c, ids[i], make([]byte, 100_000))
		if i == 2 {
			for j := range 3 { // the first is the newest
				path, err := c.path(ptr(ids[j].digest()))
				if err != nil {
					t.Fatal(err)
				}
				old := time.Now().Add(-time.Duration(j+1) * time.Hour)
				if err := os.Chtimes(path, old, old); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
	for i, want := range []bool{true, false, false, true, true} {
		if _, err := get(c, ids[i]); (err == nil) != want {
			t.Errorf("entry %d: %v", i, err)
		}
	}
	c.Limit = 1
	put(t, c, testID, make([]byte, 100))
	if left := entries(t, c); len(left) != 1 {
		t.Errorf("%q", left)
	}
	if _, err := get(c, testID); err != nil {
		t.Errorf("the newest: %v", err)
	}
}

func ptr[T any](v T) *T { return &v }

// What killed processes left is removed after a day, what others write is not,
// and what is not ours stays.
func TestLeftOvers(t *testing.T) {
	c := newCache(t)
	put(t, c, testID, []byte("x"))
	for name, age := range map[string]time.Duration{temp + "old": 48 * time.Hour, temp + "new": time.Minute, "foreign": 48 * time.Hour} {
		path := filepath.Join(c.dir, name)
		if err := os.WriteFile(path, make([]byte, 10), 0o600); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	put(t, c, testID, []byte("y"))
	all := strings.Join(entries(t, c), " ")
	if strings.Contains(all, temp+"old") || !strings.Contains(all, temp+"new") || !strings.Contains(all, "foreign") {
		t.Errorf("%s", all)
	}
}

// Several processes may put and get at once.
func TestAtOnce(t *testing.T) {
	c := newCache(t)
	blob := bytes.Repeat([]byte("blob"), 50_000)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() {
			for range 20 {
				put(t, c, testID, blob)
				if got, err := get(c, testID); err != nil || !bytes.Equal(got, blob) {
					t.Errorf("%d bytes, %v", len(got), err)
				}
			}
		})
	}
	all.Wait()
}
