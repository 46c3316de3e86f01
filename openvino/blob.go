package openvino

import "sync/atomic"

// A sharedTensor is closed by the last of those who share it. The runtime reads from
// the memory of an imported model as long as that, or a request of it, lives, and
// does not say so to the tensor.
type sharedTensor struct {
	tensor *Tensor
	users  atomic.Int32
}

// share makes one more user. There is nothing to share in nil.
func (s *sharedTensor) share() *sharedTensor {
	if s != nil {
		s.users.Add(1)
	}
	return s
}

func (s *sharedTensor) release() {
	if s != nil && s.users.Add(-1) == 0 {
		s.tensor.Close()
	}
}
