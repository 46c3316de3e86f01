// Package imports holds no code, only the test that imports point one way:
//
//	cmd → the façade → formats/all, detect → formats/<x> → formats → crypto → dataset → std
//
// The rooms and what each may know are described in docs/architecture.md.
package imports
