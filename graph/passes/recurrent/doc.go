// Package recurrent finds recurrent units in models that somebody else made, and puts
// OpenVINO's operations for whole sequences in their place.
package recurrent
