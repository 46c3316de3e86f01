// Command datum-beam converts a dataset in shards, as a pipeline of Apache Beam:
//
//	datum-beam --input DATASET --output OUT --format coco --shards 16 --save_media \
//	    --runner flink --endpoint HOST:PORT
//
// The workers read the input and write the shards on a file system that all of
// them have. A key comes from a file that each worker has (--key_file, or
// DATUM_ENCRYPTION_KEY_FILE in its environment), never in the pipeline.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"

	"datum/internal/exitcode"
)

func main() {
	var j Job
	flag.StringVar(&j.Input, "input", "", "the dataset to read")
	flag.StringVar(&j.InputFormat, "input_format", "", "its format; found out if not given")
	flag.StringVar(&j.Output, "output", "", "the folder to write")
	flag.StringVar(&j.Format, "format", "", "the format to write")
	flag.IntVar(&j.Shards, "shards", 8, "the number of shards")
	flag.BoolVar(&j.SaveMedia, "save_media", false, "save the media files, too")
	flag.BoolVar(&j.Encrypt, "encryption", false, "encrypt the output under the key of the workers")
	flag.BoolVar(&j.Overwrite, "overwrite", false, "replace an existing output")
	flag.StringVar(&j.KeyFile, "key_file", "", "the file that holds the key, on every worker")
	registerFunctions()
	flag.Parse()
	beam.Init()
	if j.Input == "" || j.Output == "" || j.Format == "" || j.Shards < 1 {
		fmt.Fprintln(os.Stderr, "datum-beam: --input, --output and --format are needed")
		os.Exit(exitcode.Usage)
	}
	p, s := beam.NewPipelineWithRoot()
	Build(s, j)
	if err := beamx.Run(context.Background(), p); err != nil {
		fmt.Fprintln(os.Stderr, "datum-beam:", err)
		os.Exit(exitcode.Of(err))
	}
}
