// Package detection turns what a detection model puts out into boxes in the
// pixels of the picture.
//
// Every family of models has a way of its own to write boxes down. A [Head]
// knows one of them. [Recognise] finds it by the names and shapes of the
// model's outputs, [Named] by its name:
//
//	ssd        one output [1,1,N,7]: the operation DetectionOutput of SSD
//	tfod       boxes, classes, scores and a count: TensorFlow's object detection
//	boxes      boxes in pixels with labels: OTX, MMDetection, torchvision, RT-DETR with its post-processing
//	yolov5     one output [1,N,5+C]: boxes, objectness, classes; YOLO v5 and v7
//	yolov8     one output [1,4+C,N]: boxes, classes; YOLO v8, v9, v11, v12
//	yolo-e2e   one output [1,N,6], suppressed already; YOLO v10 and v26, or exported with nms
//	detr       logits and boxes, softmax with a class for nothing; DETR, Conditional DETR
//	rtdetr     logits and boxes, sigmoid; RT-DETR, Deformable DETR, D-FINE; or both in one output
//	centernet  a heat map and boxes for each of its points; our own detector, CenterNet
//	yunet      faces with five points; YuNet
//	picodet    scores and distributions of distances for each level; PicoDet, GFL, NanoDet
//
// What a model puts out is not believed: a number that is none, or a class
// that cannot be, is an [ErrOutput] or [ErrValue] and neither a panic nor a box.
package detection
