// Package formatstest is the conformance suite that every format passes, and
// the tools for it: a rich sample dataset in memory ([Sample]), comparison of
// items with exact coordinates ([Compare]), and the truth files of the test
// fixtures ([LoadTruth]).
//
// A format runs the suite in a few lines:
//
//	func TestConformance(t *testing.T) {
//		formatstest.Run(t, formatstest.Suite{Format: datumaro.Format()})
//	}
//
// and says in [Suite.Expect] what it cannot hold. The suite then requires that
// the rest comes back as it was, and that no loss goes uncounted.
package formatstest
