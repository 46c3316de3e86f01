package detecttest

// texts are contents that cases refer to by name.
var texts = map[string]string{
	"COCO": `{"info":{},"licenses":[],"images":[{"id":1,"file_name":"a.jpg","width":8,"height":6}],` +
		`"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,1,3,3],"area":9,"iscrowd":0,"segmentation":[]}],"categories":[{"id":1,"name":"cat"}]}`,
	"COCO-CAPTIONS": `{"info":{},"images":[{"id":1,"file_name":"a.jpg","width":8,"height":6}],"annotations":[{"id":1,"image_id":1,"caption":"a cat"}]}`,
	"COCO-ANNOTATIONS-FIRST": `{"annotations":[{"id":1,"image_id":1,"category_id":1,"bbox":[1,1,3,3],"area":9,"iscrowd":0}],` +
		`"images":[{"id":1,"file_name":"a.jpg","width":8,"height":6}],"categories":[{"id":1,"name":"cat"}]}`,
	"PREDICTIONS": `[{"image_id":1,"category_id":1,"bbox":[1,1,3,3],"score":0.5}]`,
	"DATUMARO": `{"dm_format_version":"1.0","media_type":2,"infos":{},"categories":{"label":{"labels":[{"name":"cat","parent":"","attributes":[]}],"attributes":[]}},` +
		`"items":[{"id":"a","annotations":[],"image":{"path":"a.jpg","size":[6,8]}}]}`,
	"LABELME": `{"version":"5.4.1","flags":{},"shapes":[{"label":"cat","points":[[1,1],[4,1],[4,4]],"group_id":null,"shape_type":"polygon","flags":{}}],` +
		`"imagePath":"a.jpg","imageData":null,"imageHeight":6,"imageWidth":8}`,
	"OTHER-JSON": `{"name":"package","version":"1.0.0","dependencies":{}}`,

	"VOC": `<annotation><folder>x</folder><filename>a.jpg</filename><source><database>Unknown</database></source><size><width>8</width><height>6</height><depth>3</depth></size>` +
		`<segmented>0</segmented><object><name>cat</name><pose>Unspecified</pose><truncated>0</truncated><difficult>0</difficult>` +
		`<bndbox><xmin>1</xmin><ymin>1</ymin><xmax>4</xmax><ymax>4</ymax></bndbox></object></annotation>`,
	"VOC-ROBOFLOW": `<annotation><folder></folder><filename>a.jpg</filename><path>a.jpg</path><source><database>roboflow.ai</database></source>` +
		`<size><width>8</width><height>6</height><depth>3</depth></size><segmented>0</segmented><object><name>cat</name><pose>Unspecified</pose><truncated>0</truncated>` +
		`<difficult>0</difficult><occluded>0</occluded><bndbox><xmin>1</xmin><xmax>4</xmax><ymin>1</ymin><ymax>4</ymax></bndbox></object></annotation>`,
	"VOC-EMPTY": `<?xml version="1.0"?><annotation><filename>a.jpg</filename><size><width>8</width><height>6</height><depth>3</depth></size></annotation>`,
	"CVAT": `<?xml version="1.0" encoding="utf-8"?><annotations><version>1.1</version><meta><task><name>t</name><labels><label><name>cat</name><attributes></attributes></label></labels></task></meta>` +
		`<image id="0" name="a.jpg" width="8" height="6"><box label="cat" occluded="0" xtl="1" ytl="1" xbr="4" ybr="4" z_order="0"></box></image></annotations>`,
	"CVAT-VIDEO": `<annotations><version>1.1</version><meta><task><name>t</name><size>2</size><mode>interpolation</mode><labels><label><name>cat</name></label></labels>` +
		`<original_size><width>8</width><height>6</height></original_size></task></meta><track id="0" label="cat" source="manual">` +
		`<box frame="0" outside="0" occluded="0" keyframe="1" xtl="1" ytl="1" xbr="4" ybr="4" z_order="0"></box></track></annotations>`,
	"OTHER-XML": `<?xml version="1.0"?><project><modelVersion>4.0.0</modelVersion></project>`,

	"YOLO":          "0 0.5 0.5 0.25 0.5\n",
	"YOLO-TABS":     "0\t0.5\t0.5\t0.25\t0.5\n",
	"YOLO-EXP":      "0 5e-01 0.5 2.5e-01 0.5\n",
	"YOLO-CONF":     "0 0.5 0.5 0.25 0.5 0.93\n",
	"YOLO-SEGMENT":  "0 0.1 0.1 0.5 0.1 0.5 0.5 0.2 0.7 0.1 0.4\n",
	"YOLO-OBB":      "0 0.2 0.2 0.6 0.2 0.6 0.5 0.2 0.5\n",
	"YOLO-POSE":     "0 0.5 0.5 0.25 0.5 0.4 0.4 2 0.6 0.6 1\n",
	"YAML":          "path: .\ntrain: images/train\nval: images/val\nnames:\n  0: cat\n  1: dog\n",
	"YAML-FLAT":     "train: ../train/images\nval: ../valid/images\nnc: 2\nnames: ['cat', 'dog']\n",
	"YAML-POSE":     "train: images/train\nval: images/val\nkpt_shape: [2, 3]\nnames:\n  0: cat\n",
	"OBJ-DATA":      "classes = 1\ntrain = data/train.txt\nnames = data/obj.names\nbackup = backup/\n",
	"CAT":           "cat\n",
	"TRAIN-LIST":    "data/obj_train_data/a.jpg\n",
	"DOTA":          "imagesource:GoogleEarth\ngsd:0.1\n1.0 1.0 5.0 1.0 5.0 4.0 1.0 4.0 plane 0\n",
	"DOTA-BARE":     "1.0 1.0 5.0 1.0 5.0 4.0 1.0 4.0 plane 0\n",
	"KITTI":         "Car 0.00 0 -1.58 1.00 1.00 5.00 4.00 1.65 1.67 3.64 -0.65 1.71 46.70 -1.59\n",
	"MOT":           "1,1,1,1,3,3,1,1,1\n2,1,2,1,3,3,1,1,0.5\n",
	"SEQINFO":       "[Sequence]\nname=s\nimDir=img1\nframeRate=30\nseqLength=2\nimWidth=8\nimHeight=6\nimExt=.jpg\n",
	"LIST":          "a\n",
	"OI-BOXES":      "ImageID,Source,LabelName,Confidence,XMin,XMax,YMin,YMax,IsOccluded,IsTruncated,IsGroupOf,IsDepiction,IsInside\na,xclick,/m/01,1,0.1,0.5,0.1,0.5,0,0,0,0,0\n",
	"OI-CLASSES":    "/m/01,Cat\n/m/02,Dog\n",
	"CITY-POLYGONS": `{"imgHeight":6,"imgWidth":8,"objects":[{"label":"road","polygon":[[0,0],[7,0],[7,5]]}]}`,
	"TABLE":         "name,price\nx,1\n",
	"HTML":          "<!doctype html><html><body>a</body></html>",
}
