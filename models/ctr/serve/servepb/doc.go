// Package servepb is the protocol of datum serve ctr: messages and the gRPC service,
// generated of serve.proto.
package servepb

//go:generate go run -C ../generate . ../servepb serve.proto
