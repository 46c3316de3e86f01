// Package datum opens datasets and writes them in other formats, encrypted
// under a datum- key where the format can be.
//
// It is what Dataset.import_from and Dataset.export were in Python's Datumaro.
// [Open] finds out the format, checks the key and gives a stream of items;
// [Export] writes a dataset, whole or not at all, and says what the target
// format could not hold.
//
//	ds, err := datum.Open(ctx, "photos", datum.Options{})
//	...
//	defer ds.Close()
//	for item, err := range ds.Items(ctx) {
//		...
//	}
//
// The packages below it can be used on their own: dataset is the model,
// formats the contract between formats and the rest, crypto/key and
// crypto/fernet the keys and tokens.
package datum
