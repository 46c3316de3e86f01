// Package decimal computes with the numbers of annotation files exactly.
//
// Files hold coordinates as decimals: the edges of a box, where the model has
// an edge and a width, or parts of a picture's width, where the model has
// pixels. Arithmetic on float64 rounds at each step, so that a width of 1.005
// comes back as 1.0049999999999990 after its right edge was written. A
// [Decimal] is what the text says. Sums, differences and halves of decimals
// are exact, and turning one into a float64 rounds once, to the nearest. So
// every float64 has a text that gives it back to the last bit: [Of] finds the
// shortest for a number, [Shortest] for one that is read with a factor.
//
// Up to 18 digits, which is what files are full of, take no memory beyond the
// Decimal. Text is hostile: its length and its exponent are bounded.
package decimal
