// Package clicks makes rows for click-through models out of what users did: each says
// which item a user was shown, what the user had clicked before, and whether this was
// clicked, too.
//
// A [Protocol] says which rows a history has, and which of them are for training, for
// validation and for the test. [Batches] streams those to train with, shuffled, in
// batches of similar length; [Samples] those to measure with.
//
// Memory does not grow with the log. Each epoch goes through it once, or several times
// if it is large: then each time with other users, who are drawn by their number.
//
// What is random follows from the seed, the epoch, the user and the place in the
// history alone. So two trainings see the same rows, and one that was interrupted goes
// on with those that are left.
package clicks
