// Package predict runs detectors and classifiers over the pictures of a
// dataset.
//
// A [Predictor] is a model that is ready: it knows what the model wants of its
// pictures and how its outputs are read, by the model's outputs, by what the
// model says about itself, or because the options say so. What can be done in
// the model's graph is done there: the order and type of the pixels, colours,
// mean and scale. Sizes are made while loading, where all cores work on it and a
// letterbox is possible.
//
//	p, err := predict.New(core, model, metadata.Parse(text), predict.Options{})
//	defer p.Close()
//	for r, err := range p.Run(ctx, loader.Samples(ctx, ds, p.Loading(loader.Options{}))) {
//		use(r.Item, r.Detections)
//	}
//
// Several inferences run at a time, each on a request of its own. The results
// come in the order of the samples, and are the same for any number of requests;
// in memory are at most three pictures for each request.
package predict
