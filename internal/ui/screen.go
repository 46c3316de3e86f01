package ui

import (
	"io"
	"sync"

	"github.com/vbauerster/mpb/v8"
)

// screen is where lines and a bar are written. While there is a bar, lines go above it:
// written past it they would be what it wipes out when it moves.
type screen struct {
	w   io.Writer
	mu  sync.Mutex
	bar *mpb.Progress
}

// show begins to keep a bar below the lines.
func (s *screen) show(bar *mpb.Progress) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.bar = bar
}

// hide takes the bar away with end. Lines wait as long.
func (s *screen) hide(end func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	end()
	s.bar = nil
}

// Write writes a line.
func (s *screen) Write(line []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bar != nil {
		if n, err := s.bar.Write(line); err == nil {
			return n, nil
		} // it has just ended
	}
	return s.w.Write(line)
}
