// Package serve answers how probable clicks are: over gRPC, and as JSON over HTTP.
//
// Rows of requests that come at the same time are scored together ([Options].BatchRows,
// [Options].BatchDelay). Nothing that a client does makes the server hold more than its
// limits allow: connections, requests under way, their sizes and the rows that wait are
// bounded, and what is over is refused at once, so that the client knows and can come
// later.
//
// A name of a user, an item or a category is looked up where it is read, and is in no
// message, metric or log after that.
package serve
