// Package datum opens datasets and writes them in other formats, encrypted
// under a datum- key where the format can be.
//
// It is what Dataset.import_from and Dataset.export were in Python's Datumaro.
// [Open] finds out the format and gives a stream of items; [Export] writes a
// dataset, whole or not at all, and says what the target format could not hold.
//
//	ds, err := datum.Open(ctx, "photos", datum.Options{})
//	...
//	defer ds.Close()
//	for item, err := range ds.Items(ctx) {
//		...
//	}
//
// An encrypted dataset differs in one thing: Options.Key is set. [Find] says
// beforehand whether a key is needed.
//
// Nothing is ever decoded or held that was not asked for: items come one by one
// and the bytes of a picture are read, and decrypted, when its file is opened.
//
// The packages below it can be used on their own: dataset is the model, formats
// the contract between formats and the rest, detect finds out formats,
// crypto/key and crypto/fernet are the keys and tokens, files is where datasets
// lie. Package shard is built on this one: it spreads one conversion over several
// processes.
package datum
