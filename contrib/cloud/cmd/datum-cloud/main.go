// Command datum-cloud is datum with datasets in object storage: paths may be
// s3://, gs:// and azblob:// URLs.
package main

import (
	"os"

	"datum/contrib/cloud"
	"datum/internal/commands"
)

func main() { os.Exit(commands.Run(cloud.New())) }
