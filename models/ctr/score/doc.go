// Package score runs click-through networks with OpenVINO, in the fastest form that is
// right on this machine.
//
// The operations for whole sequences are several times as fast as loops in bfloat16, and
// one of them is OpenVINO's own business: it may change, and in bfloat16 it is wrong
// where the runtime cuts the rows of a batch into several blocks, which depends on the
// number of rows, the width of the states and the number of threads. (All rows behind
// the first block are then wrong, by as much as states can be.) So nothing is believed:
// for each size of a batch that comes for the first time, the fast forms have to agree
// with the loop graph in float32 on rows made for that, and those that do not are not
// used for that size. In place of one that is wrong in bfloat16 comes, mostly, one in
// which that operation alone stays in float32.
package score
