// Package privatemem has memory for what was decrypted: cleared when it is given
// back, and where the system can, outside of Go's own. There it is never copied
// by the garbage collector nor lets the heap grow to twice its size, it is left
// out of core dumps, and asking for too much of it is an error and no crash.
package privatemem
