package commands

import (
	"datum/formats"
	"datum/internal/exitcode"
)

// shownSkips is how many of the records that were left out are shown.
const shownSkips = 10

func countOf(s *formats.Skipped) int {
	if s == nil {
		return 0
	}
	return s.Count()
}

// skipped shows the bad records that were left out. Where there are any, it
// returns the error with which the command ends.
func (a *app) skipped(s *formats.Skipped) error {
	n := countOf(s)
	if n == 0 {
		return nil
	}
	errs := s.Errors()
	for _, e := range errs[:min(len(errs), shownSkips)] {
		a.Warn("left out: %s", e)
	}
	if n > shownSkips {
		a.Warn("and %d more", n-shownSkips)
	}
	return formats.Reason(exitcode.ErrPartial, "%d bad records were left out", n)
}

// noPicture is the error of a model that got no picture: what was left out is
// shown, since that may be all there was.
func (a *app) noPicture(s *formats.Skipped, what string) error {
	if left := a.skipped(s); left != nil {
		return formats.Reason(formats.ErrUsage, "%s: %v", what, left)
	}
	return formats.Reason(formats.ErrUsage, "%s", what)
}
