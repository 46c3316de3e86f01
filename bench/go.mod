module datum/bench

go 1.26.0

replace datum => ..

require (
	datum v0.0.0
	filippo.io/age v1.3.2
	github.com/fernet/fernet-go v0.0.0-20240119011108-303da6aec611
	golang.org/x/sys v0.50.0
)

require (
	filippo.io/hpke v0.4.0 // indirect
	github.com/segmentio/asm v1.2.1 // indirect
	golang.org/x/crypto v0.58.0 // indirect
)
