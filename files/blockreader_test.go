package files

import (
	"archive/zip"
	"bytes"
	"fmt"
	"io"
	"math/rand/v2"
	"sync"
	"testing"
)

func TestBlocksAreReadAhead(t *testing.T) {
	content := randomText(aheadBlocks*blockBytes*2 + 1000)
	m := &memoryRemote{files: map[string]string{"k": content}}
	r := newBlockReader(m, RemoteFile{"k", int64(len(content))})
	if err := want(io.NewSectionReader(r, 0, int64(len(content))), content); err != nil {
		t.Fatal(err)
	}
	if m.requests > 5 || m.bytes != len(content) {
		t.Errorf("%d requests for %d bytes of %d", m.requests, m.bytes, len(content))
	}
	m.failing = 1
	r = newBlockReader(m, RemoteFile{"k", int64(len(content))})
	if _, err := r.ReadAt(make([]byte, 10), 0); err == nil {
		t.Error("the failure was overlooked")
	}
	b := make([]byte, 10)
	if n, err := r.ReadAt(b, int64(len(content))-5); n != 5 || err != io.EOF || string(b[:5]) != content[len(content)-5:] {
		t.Errorf("at the end: %d, %v", n, err)
	}
}

func TestBlocksAreSharedAndBounded(t *testing.T) {
	content := randomText((keptBlocks + 40) * blockBytes)
	m := &memoryRemote{files: map[string]string{"k": content}}
	r := newBlockReader(m, RemoteFile{"k", int64(len(content))})
	var together sync.WaitGroup
	for g := range 4 {
		together.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(g)))
			for range 300 {
				b, at := make([]byte, 1000), random.Int64N(int64(len(content)-1000))
				if _, err := r.ReadAt(b, at); err != nil || string(b) != content[at:at+1000] {
					t.Errorf("at %d: %v", at, err)
				}
			}
		})
	}
	together.Wait()
	if len(r.blocks) > keptBlocks+aheadBlocks || len(r.recent) > keptBlocks {
		t.Errorf("%d blocks are kept", len(r.blocks))
	}
}

func TestZipInARemoteIsNotFetchedAsAWhole(t *testing.T) {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for i := range 20 {
		w, _ := z.CreateHeader(&zip.FileHeader{Name: fmt.Sprintf("%d.jpg", i), Method: zip.Store})
		io.WriteString(w, randomText(1<<20))
	}
	z.Close()
	m := &memoryRemote{files: map[string]string{"k": b.String()}}
	f, err := OpenRemoteArchive(m, RemoteFile{"k", int64(b.Len())}, "s3://b/x.zip", Limits{})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if got, err := f.ReadFile("7.jpg", 1<<20); err != nil || string(got) != randomText(1<<20) {
		t.Error(err)
	}
	if m.bytes > 7<<20 {
		t.Errorf("%d bytes were fetched for one picture of %d", m.bytes, 1<<20)
	}
}
