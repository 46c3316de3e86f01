package files

import (
	"io"
	"slices"
	"sync"
)

const (
	// blockBytes is the least that is fetched of a remote file that is read at
	// random: about what a store sends in the time that it takes to answer.
	blockBytes = 256 << 10
	// aheadBlocks is how many are fetched at once where reading goes on.
	aheadBlocks = 16
	// keptBlocks is how many are kept.
	keptBlocks = 128
)

// blockReader reads a file of a [Remote] at random. It keeps what it read last,
// and reads ahead where one part follows the other.
type blockReader struct {
	remote Remote
	file   RemoteFile

	mu     sync.Mutex
	blocks map[int64]*block
	recent []int64 // the oldest first
	last   int64   // the last block that was fetched
}

type block struct {
	ended chan struct{}
	data  []byte
	err   error
}

func newBlockReader(r Remote, file RemoteFile) *blockReader {
	return &blockReader{remote: r, file: file, blocks: map[int64]*block{}, last: -2}
}

// ReadAt is that of [io.ReaderAt].
func (r *blockReader) ReadAt(b []byte, off int64) (n int, err error) {
	if off < 0 {
		return 0, io.ErrUnexpectedEOF
	}
	for n < len(b) && off < r.file.Size {
		data, err := r.block(off / blockBytes)
		if err != nil {
			return n, err
		}
		c := copy(b[n:], data[off%blockBytes:])
		n, off = n+c, off+int64(c)
	}
	if n < len(b) {
		return n, io.EOF
	}
	return n, nil
}

// block returns a block, fetched by the first who asks for it.
func (r *blockReader) block(i int64) ([]byte, error) {
	r.mu.Lock()
	if b := r.blocks[i]; b != nil {
		r.touch(i)
		r.mu.Unlock()
		<-b.ended
		return b.data, b.err
	}
	run := r.claim(i)
	r.mu.Unlock()

	from := i * blockBytes
	data := make([]byte, min(int64(len(run))*blockBytes, r.file.Size-from))
	err := r.fetch(data, from)
	if err != nil {
		r.mu.Lock()
		for k := range run {
			delete(r.blocks, i+int64(k)) // the next one tries again
		}
		r.mu.Unlock()
	}
	for k, b := range run {
		if b.err = err; err == nil {
			from := k * blockBytes
			b.data = data[from:min(from+blockBytes, len(data))]
		}
		close(b.ended)
	}
	return run[0].data, err
}

// claim enters block i, and those after it where reading goes on from what was
// fetched last, for the caller to fetch.
func (r *blockReader) claim(i int64) (run []*block) {
	most := int64(1)
	if i == r.last+1 {
		most = aheadBlocks
	}
	for k := i; k < i+most && k*blockBytes < r.file.Size && r.blocks[k] == nil; k++ {
		b := &block{ended: make(chan struct{})}
		run, r.blocks[k], r.last = append(run, b), b, k
		r.touch(k)
	}
	for len(r.recent) > keptBlocks {
		delete(r.blocks, r.recent[0])
		r.recent = r.recent[1:]
	}
	return run
}

func (r *blockReader) touch(i int64) {
	if k := slices.Index(r.recent, i); k >= 0 {
		r.recent = slices.Delete(r.recent, k, k+1)
	}
	r.recent = append(r.recent, i)
}

func (r *blockReader) fetch(data []byte, from int64) error {
	stream, err := r.remote.Read(r.file, from, int64(len(data)))
	if err != nil {
		return err
	}
	defer stream.Close()
	_, err = io.ReadFull(stream, data)
	return endsEarly(err)
}
