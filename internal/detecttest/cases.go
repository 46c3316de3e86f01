package detecttest

import "strings"

// Cases is the list. The comments name the group of what follows.
var Cases = []Case{
	// COCO
	coco("official names and folders", "annotations/instances_train2017.json = COCO", "train2017/a.jpg"),
	coco("all three official files", "annotations/instances_train2017.json = COCO", "annotations/captions_train2017.json = COCO-CAPTIONS",
		"annotations/person_keypoints_train2017.json = COCO", "train2017/a.jpg"),
	coco("pictures in images/train", "annotations/instances_train.json = COCO", "images/train/a.jpg"),
	coco("another name for the JSON", "annotations/my_export.json = COCO", "images/a.jpg"),
	coco("JSON beside the pictures", "result.json = COCO", "images/a.jpg"),
	coco("JSON and pictures in one folder", "coco.json = COCO", "a.jpg", "b.jpg"),
	coco("Roboflow", "train/_annotations.coco.json = COCO", "train/a.jpg", "valid/_annotations.coco.json = COCO", "valid/b.jpg", "README.roboflow.txt = x"),
	coco("annotations before images", "annotations/x.json = COCO-ANNOTATIONS-FIRST", "images/a.jpg"),
	coco("upper-case extensions", "annotations/INSTANCES.JSON = COCO", "images/A.JPG"),
	coco("captions only", "annotations/captions_val.json = COCO-CAPTIONS"),
	coco("JSON alone", "instances_default.json = COCO"),
	coco("beside a file of results", "annotations/instances_val.json = COCO", "annotations/results.json = PREDICTIONS", "images/val/a.jpg"),
	coco("a compressed file beside it", "annotations/instances_val.json = COCO", "images/val/a.jpg", "notes.gz = x", "weights.h5 = x"),
	one("coco", "one COCO file", "a.json", "a.json = COCO"),
	one("coco", "one COCO file of several", "annotations/instances_a.json", "annotations/instances_a.json = COCO", "annotations/instances_b.json = COCO"),
	one(None, "a file of results", "r.json", "r.json = PREDICTIONS"),
	one(None, "one picture", "a.jpg", "a.jpg"),
	zipped("coco", ".zip", "COCO in a zip", "annotations/instances_val.json = COCO", "images/val/a.jpg"),
	zipped("coco", ".tar", "COCO in a tar", "annotations/instances_val.json = COCO", "images/val/a.jpg"),
	zipped("coco", ".tar.gz", "COCO in a tar.gz", "annotations/instances_val.json = COCO", "images/val/a.jpg"),
	zipped("coco", ".zip", "COCO one folder down in a zip", "set/annotations/instances_val.json = COCO", "set/images/val/a.jpg", "__MACOSX/set/._a = x"),
	in("coco", 1, "annotations/instances_val.json = COCO", "images/val/a.jpg"),
	in("coco", 2, "annotations/instances_val.json = COCO", "images/val/a.jpg"),
	in("coco", 3, "annotations/instances_val.json = COCO", "images/val/a.jpg"),
	in(None, 4, "annotations/instances_val.json = COCO"),

	// Datumaro's own
	is("datumaro", "Datumaro", "annotations/train.json = DATUMARO", "images/train/a.jpg"),
	is("datumaro", "Datumaro without pictures", "annotations/train.json = DATUMARO"),
	one("datumaro", "one Datumaro file", "annotations/train.json", "annotations/train.json = DATUMARO"),
	zipped("datumaro", ".zip", "Datumaro in a zip", "annotations/train.json = DATUMARO", "images/train/a.jpg"),

	// VOC
	voc("official", "Annotations/a.xml = VOC", "JPEGImages/a.jpg", "ImageSets/Main/train.txt = LIST"),
	voc("official with masks", "Annotations/a.xml = VOC", "JPEGImages/a.jpg", "ImageSets/Main/train.txt = LIST", "ImageSets/Segmentation/train.txt = LIST",
		"SegmentationClass/a.png", "SegmentationObject/a.png"),
	voc("with labelmap", "Annotations/a.xml = VOC", "JPEGImages/a.jpg", "ImageSets/Main/train.txt = LIST", "labelmap.txt = cat:1,2,3::"),
	voc("all lists", "Annotations/a.xml = VOC", "JPEGImages/a.jpg", "ImageSets/Main/train.txt = LIST", "ImageSets/Layout/train.txt = LIST", "ImageSets/Action/train.txt = LIST",
		"ImageSets/Segmentation/train.txt = LIST"),
	voc("per-class lists", "Annotations/a.xml = VOC", "JPEGImages/a.jpg", "ImageSets/Main/train.txt = LIST", "ImageSets/Main/cat_train.txt = a 1"),
	voc("segmentation only", "JPEGImages/a.jpg", "ImageSets/Segmentation/train.txt = LIST", "SegmentationClass/a.png", "SegmentationObject/a.png"),
	voc("classification only", "JPEGImages/a.jpg", "ImageSets/Main/train.txt = LIST", "ImageSets/Main/cat_train.txt = a  1"),
	voc("no ImageSets", "Annotations/a.xml = VOC", "JPEGImages/a.jpg"),
	voc("LabelImg: XML beside the picture", "a.jpg", "a.xml = VOC"),
	voc("Roboflow", "train/a.jpg", "train/a.xml = VOC-ROBOFLOW", "valid/b.jpg", "valid/b.xml = VOC-ROBOFLOW", "README.dataset.txt = x"),
	voc("lower-case folders", "annotations/a.xml = VOC", "images/a.jpg"),
	voc("upper-case extensions", "Annotations/A.XML = VOC", "JPEGImages/A.JPG"),
	voc("an XML without objects", "Annotations/a.xml = VOC-EMPTY", "JPEGImages/a.jpg", "ImageSets/Main/train.txt = LIST"),
	voc("subset with an underscore", "Annotations/a.xml = VOC", "JPEGImages/a.jpg", "ImageSets/Main/train_2017.txt = LIST"),
	voc("inside VOCdevkit/VOC2012", "VOCdevkit/VOC2012/Annotations/a.xml = VOC", "VOCdevkit/VOC2012/JPEGImages/a.jpg", "VOCdevkit/VOC2012/ImageSets/Main/train.txt = LIST"),
	zipped("voc", ".zip", "VOC in a zip", "Annotations/a.xml = VOC", "JPEGImages/a.jpg", "ImageSets/Main/train.txt = LIST"),
	one("voc", "one VOC file", "a.xml", "a.xml = VOC", "a.jpg"),
	one("voc", "one VOC file of a dataset", "Annotations/a.xml", "Annotations/a.xml = VOC", "JPEGImages/a.jpg"),

	// YOLO, Darknet
	darknet("strict", "obj.data = OBJ-DATA", "obj.names = CAT", "train.txt = TRAIN-LIST", "obj_train_data/a.jpg", "obj_train_data/a.txt = YOLO"),
	darknet("another name for obj.data", "my.data = OBJ-DATA", "obj.names = CAT", "train.txt = TRAIN-LIST", "obj_train_data/a.jpg", "obj_train_data/a.txt = YOLO"),
	darknet("names and folders", "obj.names = CAT", "images/a.jpg", "labels/a.txt = YOLO"),
	darknet("LabelImg: labels beside the picture", "classes.txt = CAT", "a.jpg", "a.txt = YOLO"),
	darknet("Label Studio", "classes.txt = CAT", "notes.json = {\"categories\":[{\"id\":0,\"name\":\"cat\"}],\"info\":{\"year\":2024}}", "images/a.jpg", "labels/a.txt = YOLO"),
	zipped("yolo", ".zip", "Darknet in a zip", "obj.data = OBJ-DATA", "obj.names = CAT", "train.txt = TRAIN-LIST", "obj_train_data/a.jpg", "obj_train_data/a.txt = YOLO"),

	// YOLO, Ultralytics
	ultralytics("images/train and labels/train", "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO", "images/val/b.jpg", "labels/val/b.txt = YOLO"),
	ultralytics("train/images and train/labels", "data.yaml = YAML-FLAT", "train/images/a.jpg", "train/labels/a.txt = YOLO", "valid/images/b.jpg", "valid/labels/b.txt = YOLO"),
	ultralytics("Roboflow", "data.yaml = YAML-FLAT", "train/images/a.jpg", "train/labels/a.txt = YOLO", "README.roboflow.txt = x", "README.dataset.txt = x"),
	ultralytics("segmentation", "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO-SEGMENT"),
	ultralytics("oriented boxes", "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO-OBB"),
	ultralytics("pose", "data.yaml = YAML-POSE", "images/train/a.jpg", "labels/train/a.txt = YOLO-POSE"),
	ultralytics("confidence column", "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO-CONF"),
	ultralytics("tabs", "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO-TABS"),
	ultralytics("exponents", "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO-EXP"),
	ultralytics("another name for the YAML", "coco8.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO"),
	ultralytics("extension .yml", "data.yml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO"),
	ultralytics("an empty label file", "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = \n"),
	ultralytics("no label files", "data.yaml = YAML", "images/train/a.jpg"),
	ultralytics("no YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO"),
	ultralytics("no YAML, no subsets", "images/a.jpg", "labels/a.txt = YOLO"),
	ultralytics("upper-case extensions", "data.yaml = YAML", "images/train/A.JPG", "labels/train/A.TXT = YOLO"),
	in("yolo_ultralytics", 2, "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO"),
	zipped("yolo_ultralytics", ".zip", "Ultralytics in a zip", "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO"),
	zipped("yolo_ultralytics", ".tar", "Ultralytics in a tar", "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO"),
	one("yolo_ultralytics", "one YAML", "data.yaml", "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO"),

	// CVAT
	is("cvat", "CVAT for images", "annotations.xml = CVAT", "images/a.jpg"),
	is("cvat", "CVAT for images, XML alone", "annotations.xml = CVAT"),
	is("cvat", "CVAT for video", "annotations.xml = CVAT-VIDEO", "images/frame_000000.jpg"),
	is("cvat", "CVAT, another name", "export_2024.xml = CVAT", "images/a.jpg"),
	one("cvat", "one CVAT file", "annotations.xml", "annotations.xml = CVAT"),
	zipped("cvat", ".zip", "CVAT in a zip", "annotations.xml = CVAT", "images/a.jpg"),

	// LabelMe
	is("labelme", "LabelMe beside the picture", "a.jpg", "a.json = LABELME"),
	is("labelme", "LabelMe in folders", "train/a.jpg", "train/a.json = LABELME", "val/b.jpg", "val/b.json = LABELME"),
	is("labelme", "LabelMe in folders of their own", "images/a.jpg", "annotations/a.json = LABELME"),
	one("labelme", "one LabelMe file", "a.json", "a.jpg", "a.json = LABELME"),
	zipped("labelme", ".zip", "LabelMe in a zip", "a.jpg", "a.json = LABELME"),

	// bare pictures
	is("image_dir", "pictures", "a.jpg", "b.png"),
	is("image_dir", "one picture in upper case", "A.JPG"),
	is("image_dir", "pictures and a README", "a.jpg", "README.md = x"),
	is("imagenet", "class folders", "cat/a.jpg", "cat/b.jpg", "dog/c.jpg"),
	is("imagenet", "class folders in subsets", "train/cat/a.jpg", "train/dog/b.jpg", "val/cat/c.jpg", "val/dog/d.jpg"),
	is("imagenet", "class folders in upper case", "cat/A.JPG", "dog/B.PNG"),
	zipped("imagenet", ".zip", "class folders in a zip", "cat/a.jpg", "dog/b.jpg"),
	zipped("image_dir", ".tar", "pictures in a tar", "a.jpg", "b.jpg"),

	// others
	is("open_images", "Open Images", "annotations/train-annotations-bbox.csv = OI-BOXES", "annotations/class-descriptions-boxable.csv = OI-CLASSES", "images/train/a.jpg"),
	is("open_images", "Open Images, version 6 names", "annotations/oidv6-train-annotations-bbox.csv = OI-BOXES", "annotations/oidv6-class-descriptions.csv = OI-CLASSES", "images/train/a.jpg"),
	is("dota", "DOTA", "images/a.png", "labelTxt/a.txt = DOTA"),
	is("dota", "DOTA in subsets", "train/images/a.png", "train/labelTxt/a.txt = DOTA", "val/images/b.png", "val/labelTxt/b.txt = DOTA"),
	is("dota", "DOTA without a head", "images/a.png", "labelTxt/a.txt = DOTA-BARE"),
	is("kitti", "KITTI", "training/image_2/000000.png", "training/label_2/000000.txt = KITTI"),
	is("kitti", "KITTI with calibration", "training/image_2/000000.png", "training/label_2/000000.txt = KITTI", "training/calib/000000.txt = P0: 1 2 3", "training/velodyne/000000.bin = x"),
	is("kitti", "KITTI without training/", "image_2/000000.png", "label_2/000000.txt = KITTI"),
	is("mot_seq", "MOT", "gt/gt.txt = MOT", "seqinfo.ini = SEQINFO", "img1/000001.jpg", "img1/000002.jpg"),
	is("mot_seq", "MOT without seqinfo", "gt/gt.txt = MOT", "img1/000001.jpg"),
	is("mot_seq", "MOT, two sequences", "train/a/gt/gt.txt = MOT", "train/a/seqinfo.ini = SEQINFO", "train/a/img1/000001.jpg", "train/b/gt/gt.txt = MOT", "train/b/seqinfo.ini = SEQINFO", "train/b/img1/000001.jpg"),
	is("cityscapes", "Cityscapes", "leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png", "gtFine/train/aachen/aachen_000000_000019_gtFine_labelIds.png",
		"gtFine/train/aachen/aachen_000000_000019_gtFine_instanceIds.png"),
	is("cityscapes", "Cityscapes with polygons", "leftImg8bit/train/aachen/aachen_000000_000019_leftImg8bit.png", "gtFine/train/aachen/aachen_000000_000019_gtFine_polygons.json = CITY-POLYGONS"),

	// nothing, and what looks like something
	is(None, "empty"),
	is(None, "an empty folder in it", "in/"),
	is(None, "a README", "README.md = x"),
	is(None, "some JSON", "package.json = OTHER-JSON", "index.html = HTML"),
	is(None, "some XML", "pom.xml = OTHER-XML"),
	is(None, "a table", "prices.csv = TABLE"),
	is(None, "texts", "a.txt = once upon a time", "b.txt = 1 2 3"),
	is(None, "a list of names alone", "classes.txt = CAT"),
	is(None, "broken JSON", "a.json = {\"images\"", "b.json = ]"),
	is(None, "broken XML", "a.xml = <annotation"),
	is(None, "binary rubbish", "a.bin = \x00\x01\x02", "b.gz = \x1f\x8b", "c.h5 = \x89HDF"),
	is(None, "a program", "main.go = package main", "go.mod = module x", "data.yaml = key: value"),
	one(None, "a file of text", "a.txt", "a.txt = hello"),
	zipped(None, ".zip", "texts in a zip", "a.txt = hello"),

	// two things at once
	is("coco", "COCO with its labels as a list", "annotations/instances_val.json = COCO", "images/val/a.jpg", "classes.txt = CAT"),
	is("voc", "VOC with a COCO-like name beside it", "Annotations/a.xml = VOC", "JPEGImages/a.jpg", "ImageSets/Main/train.txt = LIST", "package.json = OTHER-JSON"),
	is(Several, "COCO and VOC in one folder", "annotations/instances_val.json = COCO", "Annotations/a.xml = VOC", "JPEGImages/a.jpg", "ImageSets/Main/train.txt = LIST"),
	is(Several, "COCO and YOLO in one folder", "annotations/instances_val.json = COCO", "data.yaml = YAML", "images/train/a.jpg", "labels/train/a.txt = YOLO"),
}

func is(want, name string, files ...string) Case { return Case{Name: name, Files: files, Want: want} }

func coco(name string, files ...string) Case { return is("coco", "COCO, "+name, files...) }

func voc(name string, files ...string) Case { return is("voc", "VOC, "+name, files...) }

func darknet(name string, files ...string) Case { return is("yolo", "Darknet, "+name, files...) }

func ultralytics(name string, files ...string) Case {
	return is("yolo_ultralytics", "Ultralytics, "+name, files...)
}

func one(want, name, only string, files ...string) Case {
	return Case{Name: name, Files: files, Only: only, Want: want}
}

func zipped(want, ext, name string, files ...string) Case {
	return Case{Name: name, Files: files, Pack: ext, Want: want}
}

// in puts files below folders that hold nothing else.
func in(want string, depth int, files ...string) Case {
	name := want
	if name == None {
		name = "too far down"
	}
	c := Case{Name: name + strings.Repeat(", one folder down", depth), Want: want}
	for _, f := range files {
		c.Files = append(c.Files, strings.Repeat("in/", depth)+f)
	}
	return c
}
