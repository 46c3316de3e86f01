// Package suggest finds what somebody meant who wrote a name wrong.
package suggest

// Nearest returns the name that word was probably meant to be, empty if none is
// near.
func Nearest(word string, names []string) string {
	const longest = 64 // what is longer is no slip
	if len(word) > longest {
		return ""
	}
	best, distance := "", 1+min(3, 1+len(word)/3)
	for _, n := range names {
		if d := editDistance(word, n); d < distance {
			best, distance = n, d
		}
	}
	return best
}

// editDistance counts the letters to change, add, take away or swap with their
// neighbour (the optimal string alignment distance).
func editDistance(a, b string) int {
	var before []int
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := 1; i <= len(a); i++ {
		next := make([]int, len(b)+1)
		next[0] = i
		for j := 1; j <= len(b); j++ {
			change := row[j-1]
			if a[i-1] != b[j-1] {
				change++
			}
			next[j] = min(change, row[j]+1, next[j-1]+1)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				next[j] = min(next[j], before[j-2]+1)
			}
		}
		before, row = row, next
	}
	return row[len(b)]
}
