// Command datum converts, encrypts, decrypts, checks and describes annotated
// datasets.
package main

import (
	"os"

	"datum/internal/commands"
)

func main() { os.Exit(commands.Run(nil)) }
