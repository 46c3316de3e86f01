package events

// tally sees the rows in their order, finds duplicates and users with one event,
// and passes the rows on.
type tally struct {
	report *Report
	out    *writer
	user   uint32
	place  Place // of the user's first event
	count  int
	prev   row
	// same has the events of one user and time, where there are several.
	same map[same]struct{}
}

// same is what two events of one user and time have in common.
type same struct {
	item  uint32
	value float64
}

// take is called with each row.
func (t *tally) take(r *row) error {
	if r.user != t.user {
		t.endUser()
		t.user, t.place, t.count = r.user, r.place, 0
	}
	if t.again(r) {
		t.report.Duplicates.add(r.place)
	}
	t.prev = *r
	t.count++
	return t.out.event(r)
}

// again reports whether there was such an event before. Most have a time of their
// own, and for them nothing is kept.
func (t *tally) again(r *row) bool {
	if t.count == 0 || r.time != t.prev.time {
		t.same = nil
		return false
	}
	if t.same == nil {
		t.same = map[same]struct{}{{t.prev.item, t.prev.value}: {}}
	}
	k := same{r.item, r.value}
	_, was := t.same[k]
	t.same[k] = struct{}{}
	return was
}

func (t *tally) endUser() {
	if t.count == 1 {
		t.report.Single.add(t.place)
	}
}

// end writes what is left.
func (t *tally) end() error {
	t.endUser()
	return t.out.flush()
}
