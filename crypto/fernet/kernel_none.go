//go:build !amd64 || purego

package fernet

import "crypto/cipher"

// kernelLen is the length of the shortest plaintext and ciphertext for kernels.
const kernelLen = 0

// kernels are not there on this processor: newKernels returns nil.
type kernels struct{}

type lane struct{}

func newKernels(*[32]byte, cipher.Block) *kernels { return nil }

func (*kernels) encrypt(text, plain []byte, header *[headerLen]byte) { panic("no kernels") }

func (*kernels) begin(text, plain []byte, header *[headerLen]byte) *lane { panic("no kernels") }

func (*kernels) encryptRest(*lane) { panic("no kernels") }

func (*kernels) encryptBoth(a, b *lane) *lane { panic("no kernels") }

func (*kernels) decrypt(plain, token []byte) error { panic("no kernels") }
