package binary

import (
	"sync"

	"datum/crypto/fernet"
	"datum/internal/workers"
)

const (
	// tableSize is how many media files are encrypted side by side, as many as
	// package fernet has instructions for.
	tableSize = 2
	// maxShared is the size of the largest file that another of its job is held in
	// memory with.
	maxShared = 2 << 20
)

// table is where the files of one job meet: those who come wait for the others,
// and the last one encrypts them all.
type table struct {
	cipher        *fernet.Cipher
	mu            sync.Mutex
	awaited       int
	plains, texts [][]byte
	done          chan struct{}
	large         sync.Mutex // held by the one large file that is saved
}

// seat is the place of one file at a table. Without a table it is alone.
type seat struct {
	at   *table
	left bool
}

// begin is called before a file of so many bytes is read; of fewer than none
// where nobody knows. A large one goes on when no other of the job is in memory,
// and until the function that is returned is called.
func (s *seat) begin(size int64) (end func()) {
	if s.at == nil || size >= 0 && size <= maxShared {
		return func() {}
	}
	s.leave()
	s.at.large.Lock()
	return s.at.large.Unlock
}

// encrypt appends the token of plain to text.
func (s *seat) encrypt(cipher *fernet.Cipher, text, plain []byte) []byte {
	if s.at == nil || s.left {
		return cipher.AppendEncrypt(text, plain)
	}
	t := s.at
	t.mu.Lock()
	i := len(t.plains)
	t.plains, t.texts = append(t.plains, plain), append(t.texts, text)
	t.mu.Unlock()
	s.leave()
	<-t.done
	return t.texts[i]
}

// leave says that nothing more comes from this file.
func (s *seat) leave() {
	if s.at == nil || s.left {
		return
	}
	s.left = true
	t := s.at
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.awaited--; t.awaited == 0 {
		defer close(t.done)
		t.cipher.AppendEncryptEach(t.texts, t.plains)
	}
}

// tables gathers files until a table is full, and hands that in as one job.
type tables struct {
	cipher  *fernet.Cipher
	pool    *workers.Pool
	filling *table
	jobs    []func()
}

// add takes a file, which save encrypts at the seat that it is given.
func (a *tables) add(save func(*seat) ([]byte, error)) *workers.Future[[]byte] {
	if a.filling == nil {
		a.filling = &table{cipher: a.cipher, done: make(chan struct{})}
	}
	s := &seat{at: a.filling}
	f, job := workers.Later(func() ([]byte, error) {
		defer s.leave()
		return save(s)
	})
	a.filling.awaited++
	if a.jobs = append(a.jobs, job); len(a.jobs) == tableSize {
		a.flush()
	}
	return f
}

// flush hands in the files that still wait for others.
func (a *tables) flush() {
	if len(a.jobs) > 0 {
		workers.Together(a.pool, a.jobs...)
		a.filling, a.jobs = nil, nil
	}
}
