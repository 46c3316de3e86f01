package sealed

// Size is the length of the sealed file of n bytes of content. It is as long as
// that for everybody to see.
func Size(n int64, purpose string) int64 {
	chunks := n/chunkLen + 1
	return int64(fixedHeader+len(purpose)+prefixLen) + n + chunks*tagLen
}
