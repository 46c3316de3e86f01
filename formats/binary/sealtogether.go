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
	// maxShared is the size of the largest file for which another is held in
	// memory at the same time.
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
}

// seat is the place of one file at a table. Without a table it is alone.
type seat struct {
	at   *table
	left bool
}

// encrypt appends the token of plain to text.
func (s *seat) encrypt(cipher *fernet.Cipher, text, plain []byte) []byte {
	if s.at == nil || s.left || len(plain) > maxShared {
		s.leave()
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
		t.cipher.AppendEncryptEach(t.texts, t.plains)
		close(t.done)
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
