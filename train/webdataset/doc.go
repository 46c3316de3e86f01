// Package webdataset writes a dataset, encrypted or not, as the tar stream that
// the Python library webdataset reads, so that others can train on it: item by
// item, decrypted in memory, with nothing of it on a disk.
//
// Of an item there are, one behind the other:
//
//   - KEY.jpg, or another extension: the bytes of its media, unchanged. All endings of JPEG
//     files become jpg; an ending that is no plain word, or means something
//     else here, becomes bin. Pictures beside a point cloud are KEY.related0.png and so on.
//   - KEY.cls where the item has exactly one label of its own: the label's
//     number, from 0, as text. That is what classification is trained on.
//   - KEY.json: everything that is known of it.
//
// # Keys
//
// webdataset ends a key at the first dot of a file's name and takes what
// follows each other under one key for one sample. So a key is SUBSET/ID in which dots, per cent
// signs, tildes and control characters are written as in URLs: %2E for a dot (urllib.parse.unquote gives the id
// back). Where the media's ending is not exactly .jpg it follows behind a tilde: a.jpg, a.png and a.JPG of one subset have the keys
// S/a, S/a~png and S/a~JPG, whichever of them there are.
//
// # JSON
//
//	{"id": "2007/a.b", "subset": "train", "media": "2007/a.b.jpg", "width": 640, "height": 480,
//	 "attributes": {"scene": "street"},
//	 "annotations": [
//	   {"type": "bbox", "id": 1, "group": 1, "label": 3, "label_name": "dog", "bbox": [x, y, w, h],
//	    "attributes": {"occluded": false}},
//	   {"type": "mask", "label": 3, "label_name": "dog", "segmentation": {"size": [h, w], "counts": "…"}}]}
//
// What is not there is left out: id and group 0, object and label −1, z_order 0, sizes that are not known. Numbers are
// exact: each is the shortest text that reads as the same float64. Coordinates
// are pixels from the top left corner. A mask is COCO's compressed run-length
// code, which pycocotools.mask.decode takes as it is.
//
//	type           its own members
//	label
//	bbox           bbox: [x, y, width, height]
//	rotated_bbox   rotated_bbox: [centre x, centre y, width, height, degrees]
//	polygon        points: [x, y, x, y, …]
//	polyline       points
//	points         points, visibility: [0 absent, 1 hidden, 2 visible, …]
//	mask           segmentation: {size: [height, width], counts: text}
//	caption        caption: text
//	ellipse        ellipse: [x1, y1, x2, y2]
//	cuboid_2d      corners: 16 numbers, y_3d
//	cuboid_3d      position, rotation, scale: 3 numbers each
//	tabular        values: {…}
//
// What a format carries that nobody else knows is in "attributes" under names
// that begin with @, such as "@coco.license".
package webdataset
