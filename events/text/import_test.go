package text

import (
	"errors"
	"strings"
	"testing"

	"datum/events"
	"datum/formats"
)

// importTests are folders, and what is in them.
var importTests = []struct {
	name, format, only string
	columns            events.Columns
	files              map[string]string
	want               string
	loss               []string
}{
	{
		name: "csv with the usual names", format: "csv",
		files: map[string]string{"log.csv": "user_id,item_id,category,timestamp,rating\r\nu1,i1,Books,10,4.5\r\nu1,i2,\"Toys, Games\",5,3\nu2,i1,Books,7,0\n"},
		want:  "u1 i2 5 3\nu1 i1 10 4.5\nu2 i1 7 0\ni1: Books\ni2: Toys, Games\n",
	},
	{
		name: "csv with a byte order mark, no value, no line end", format: "csv",
		files: map[string]string{"log.csv": "\ufeffUser,Item,Time\na,x,1\n\nb,y,2"},
		want:  "a x 1 1\nb y 2 1\nx: \ny: \n",
	},
	{
		name: "csv with quotes in quotes and lines in fields", format: "csv",
		files: map[string]string{"log.csv": "user,item,time,label\n\"a \"\"b\"\"\",\"x\r\ny\",1,0\nc,5\" disk,2,1\n"},
		want:  "a \"b\" x\r\ny 1 0\nc 5\" disk 2 1\n5\" disk: \nx\r\ny: \n",
	},
	{
		name: "tsv, packed, with columns that are not read", format: "csv",
		files: map[string]string{"log.tsv.gz": "\x00"}, // packed below
		want:  "a x 1 1\nx: \n",
		loss:  []string{"2 columns dropped: a log has no place for them"},
	},
	{
		name: "csv with columns that are named", format: "csv", columns: events.Columns{User: "who", Item: "WHAT", Time: NoColumn, Value: "liked"},
		files: map[string]string{"log.csv": "who;what;time;liked\na;x;9;true\na;y;8;FALSE\n"},
		want:  "a x 0 1\na y 0 0\nx: \ny: \n",
		loss:  []string{"1 columns dropped: a log has no place for them"},
	},
	{
		name: "csv without names", format: "csv", columns: events.Columns{User: "1", Item: "2", Category: "3", Time: "5"},
		files: map[string]string{"UserBehavior.csv": "1,2268318,2520377,pv,1511544070\n1,2333346,2520771,pv,1511561733\n"},
		want:  "1 2268318 1511544070 1\n1 2333346 1511561733 1\n2268318: 2520377\n2333346: 2520771\n",
		loss:  []string{"1 columns dropped: a log has no place for them"},
	},
	{
		name: "csv with dates, and times with fractions", format: "csv",
		files: map[string]string{"log.csv": "user,item,time\na,x,2014-07-23\na,y,2014-07-23 00:00:01\na,z,2014-07-23T02:00:02+02:00\na,v,1406073603.75\na,w,1.406073604e9\na,n,1406073605000000001.00\n"},
		want:  "a x 1406073600 1\na y 1406073601 1\na z 1406073602 1\na v 1406073603 1\na w 1406073604 1\na n 1406073605000000001 1\nn: \nv: \nw: \nx: \ny: \nz: \n",
		loss:  []string{"1 fractions of times dropped"},
	},
	{
		name: "csv with items beside", format: "csv",
		files: map[string]string{"log.csv": "user,item,category,time,value\na,x,A,1,1\n", "log.items.csv": "item,category\nz,B\nv,\n"},
		want:  "a x 1 1\nx: A\nv: \nz: B\n",
	},
	{
		name: "csv with items beside, of which more is known", format: "csv",
		files: map[string]string{"log.csv": "user,item,time\na,x,1\n", "log.items.csv": "title,item,category,time\nX,x,A,5\n"},
		want:  "a x 1 1\nx: A\n",
		loss:  []string{"2 columns dropped: a log has no place for them"},
	},
	{
		name: "recbole", format: "recbole",
		files: map[string]string{
			"ml.inter": "user_id:token\titem_id:token\trating:float\ttimestamp:float\n1\t10\t3\t881250949\n2\t11\t4.0\t881250950.0\n",
			"ml.item":  "item_id:token\tmovie_title:token_seq\tclass:token_seq\n10\tToy Story\tAnimation Children's\n11\tX\t\n12\tY\tWar\n",
			"ml.user":  "user_id:token\tage:token\n1\t24\n",
		},
		want: "1 10 881250949 3\n2 11 881250950 4\n10: Animation Children's\n11: \n12: War\n",
		loss: []string{"1 columns dropped: a log has no place for them", "1 files dropped: a log has no place for what they hold"},
	},
	{
		name: "recbole in parts", format: "recbole", columns: events.Columns{Time: NoColumn},
		files: map[string]string{
			"x.part1.inter": "user_id:token\titem_id:token\n1\t10\n", "x.part2.inter": "item_id:token\tuser_id:token\tlabel:float\n11\t1\t0\n",
		},
		want: "1 10 0 1\n1 11 0 0\n10: \n11: \n",
	},
	{
		name: "recbole whole, with parts beside, and a category that is named", format: "recbole", columns: events.Columns{Category: "year:token", Value: NoColumn},
		files: map[string]string{
			"x.inter": "user_id:token\titem_id:token\ttimestamp:float\trating:float\n1\t10\t5\t3\n", "x.part1.inter": "-", "x.part2.inter": "-",
			"x.item": "item_id:token\tyear:token\tclass:token_seq\n10\t1995\tWar\n",
		},
		want: "1 10 5 1\n10: 1995\n",
		loss: []string{"2 columns dropped: a log has no place for them", "2 files not read: x.inter has the events of all parts"},
	},
	{
		name: "recbole with columns by number, which are those of the events", format: "recbole", columns: events.Columns{User: "1", Item: "3", Time: "2"},
		files: map[string]string{
			"x.inter": "who:token\twhen:float\twhat:token\n1\t5\t10\n",
			"x.item":  "item_id:token\tclass:token\tmovie_title:token_seq\n10\tWar\tToy Story\n",
		},
		want: "1 10 5 1\n10: War\n",
		loss: []string{"1 columns dropped: a log has no place for them"},
	},
	{
		name: "recbole without categories", format: "recbole", columns: events.Columns{Category: NoColumn},
		files: map[string]string{
			"x.inter": "user_id:token\titem_id:token\ttimestamp:float\n1\t10\t5\n",
			"x.item":  "item_id:token\tclass:token\n10\tWar\n",
		},
		want: "1 10 5 1\n10: \n",
		loss: []string{"1 columns dropped: a log has no place for them"},
	},
	{
		name: "movielens, a half that is named", format: "movielens", only: "u1.base",
		files: map[string]string{"u.data": "1\t2\t3\t4\n", "u1.base": "5\t6\t1\t7\n"},
		want:  "5 6 7 1\n6: \n",
	},
	{
		name: "movielens 100k", format: "movielens",
		files: map[string]string{
			"u.data": "196\t242\t3\t881250949\n186\t302\t3\t891717742\n", "u1.base": "x", "u.user": "y",
			"u.item": "242|Kolya (1996)|24-Jan-1997||http://x|0|0|0|0|0|1|0|0|0|0|0|0|0|0|0|0|0|0|0\n302|L.A. \xc9|1-1-1||h|0|0|0|0|0|0|1|0|0|0|1|0|0|1|0|0|1|0|0\n",
		},
		want: "186 302 891717742 3\n196 242 881250949 3\n242: Comedy\n302: Crime|Film-Noir|Mystery|Thriller\n",
		loss: []string{
			"2 fields called address dropped", "2 fields called release date dropped", "2 fields called title dropped", "2 fields called video release date dropped",
			"1 files dropped: a log has no place for what they hold", "1 files not read: u.data has all ratings, the others are parts of it",
		},
	},
	{
		name: "movielens 1m", format: "movielens",
		files: map[string]string{"ratings.dat": "1::1193::5::978300760\n1::661::3.5::978302109\n", "movies.dat": "661::James: the Peach (1996)::Animation|Musical\n1193::Cuckoo::Drama\n"},
		want:  "1 1193 978300760 5\n1 661 978302109 3.5\n1193: Drama\n661: Animation|Musical\n",
		loss:  []string{"2 fields called title dropped"},
	},
	{
		name: "movielens latest", format: "movielens",
		files: map[string]string{"ratings.csv": "userId,movieId,rating,timestamp\n1,31,2.5,1260759144\n", "movies.csv": "movieId,title,genres\n31,\"Dangerous, Minds\",Drama\n32,T,(no genres listed)\n"},
		want:  "1 31 1260759144 2.5\n31: Drama\n32: \n",
		loss:  []string{"2 fields called title dropped"},
	},
	{
		name: "amazon 2014", format: "amazon",
		files: map[string]string{
			"reviews_Books_5.json": `{'reviewerID': 'A1', 'asin': '0001', 'reviewerName': "O'Neil", 'helpful': [0, 0], 'reviewText': 'It\'s {fine}', 'overall': 5.0, 'unixReviewTime': 1376438400}` + "\n",
			"meta_Books.json":      `{'asin': '0001', 'salesRank': {'Books': 6334800}, 'categories': [['Books', u'Caf\u00e9 & Tea'], ['Other']], 'price': None}` + "\n" + `{"asin": "0002", "categories": [[]]}` + "\n",
			"meta_Toys.json":       `{'asin': '0003', 'categories': [['Toys']]}`,
		},
		want: "A1 0001 1376438400 5\n0001: Café & Tea\n0002: \n",
		loss: []string{
			"1 fields called helpful dropped", "1 fields called price dropped", "1 fields called reviewText dropped", "1 fields called reviewerName dropped", "1 fields called salesRank dropped",
			"1 further paths of categories dropped: an item has one category",
		},
	},
	{
		name: "amazon as JSON, 2018 and 2023", format: "amazon", only: "Books.jsonl",
		files: map[string]string{
			"Books.jsonl":      `{"rating": 4.0, "asin": "B1", "parent_asin": "P1", "user_id": "U\u00e9", "timestamp": 1588687728923}` + "\n" + `{"overall": 2, "verified": true, "reviewerID": "U2", "asin": "P2", "unixReviewTime": 7}` + "\n",
			"meta_Books.jsonl": `{"parent_asin": "P1", "categories": ["Books", "Art"]}` + "\n" + `{"asin": "P2", "category": []}` + "\n",
		},
		want: "U2 P2 7 2\nUé P1 1588687728923 4\nP1: Art\nP2: \n",
		loss: []string{"1 fields called verified dropped"},
	},
	{
		name: "reference: reviews", format: "dien",
		files: map[string]string{
			"item-info": "\ufeffi1\tBooks & More\ni2\tdefault_cat\ni3\tArt\n", "reviews-info": "\ufeffu1\ti2\t5.0\t20\nu1\ti1\t4.0\t10\n",
			"local_test": "x", "uid_voc.pkl": "x",
		},
		want: "u1 i1 10 4\nu1 i2 20 5\ni1: Books & More\ni2: \ni3: Art\n",
		loss: []string{"2 files not read: reviews-info has every event with its time and value"},
	},
	{
		name: "reference: joined", format: "dien",
		files: map[string]string{"jointed-new": "0\tu1\ti9\t5.0\t10\tC9\n1\tu1\ti1\t5.0\t10\tC1\n0\tu1\ti1\t4.0\t2014-07-23\tC1\n1\tu1\ti2\t4.0\t2014-07-23\tdefault_cat\n"},
		want:  "u1 i1 10 5\nu1 i2 1406073600 4\ni1: C1\ni2: \ni9: C9\n",
		loss:  []string{"2 rows with the label 0 dropped: their items were drawn, nobody saw them"},
	},
	{
		name: "reference: joined and split", format: "dien",
		files: map[string]string{"jointed-new-split-info": "20180118\t1\tu1\ti1\t5.0\t10\tC1\n20190119\t1\tu1\ti2\t4.0\t11\tC2\n"},
		want:  "u1 i1 10 5\nu1 i2 11 4\ni1: C1\ni2: C2\n",
	},
	{
		name: "reference: samples of both halves", format: "dien",
		files: map[string]string{
			"local_train_splitByUser": "0\tu1\ti9\tC9\ti1\x02i2\tC1\x02C2\n1\tu1\ti3\tC1\ti1\x02i2\tC1\x02C2\n",
			"local_test_splitByUser":  "1\tu2\ti1\tC1\ti2\tC2\n",
			"mid_voc.pkl":             "(dp0\nS'default_mid'\nI0\nsS'i1'\nI1\nsS'i77'\nI2\ns.",
		},
		want: "u1 i1 0 1\nu1 i2 1 1\nu1 i3 2 1\nu2 i2 0 1\nu2 i1 1 1\ni1: C1\ni2: C2\ni3: C1\ni77: \ni9: C9\n",
		loss: []string{"1 rows with the label 0 dropped: their items were drawn, nobody saw them", "5 times and values lost: samples have the order of events only, which stands for the time"},
	},
	{
		name: "reference: the file that is named, though another has more", format: "dien", only: "local_test_splitByUser",
		files: map[string]string{"reviews-info": "u1\ti2\t5.0\t20\n", "local_test_splitByUser": "1\tu2\ti1\tC1\ti2\tC2\n"},
		want:  "u2 i2 0 1\nu2 i1 1 1\ni1: C1\ni2: C2\n",
		loss:  []string{"2 times and values lost: samples have the order of events only, which stands for the time"},
	},
	{
		name: "reference: the packed file that is named, though there is another", format: "dien", only: "local_test.gz",
		files: map[string]string{"local_test": "1\tu1\ti1\tC1\ti2\tC2\n", "local_test.gz": "1\tu2\ti1\tC1\ti2\tC2\n"},
		want:  "u2 i2 0 1\nu2 i1 1 1\ni1: C1\ni2: C2\n",
		loss:  []string{"2 times and values lost: samples have the order of events only, which stands for the time"},
	},
	{
		name: "reference: samples that grow, and rows that do not go on", format: "dien", only: "local_train",
		files: map[string]string{
			"local_train": "1\tu1\ti2\tC2\ti1\tC1\n0\tu1\ti9\tC9\ti1\x02i2\tC1\x02C2\n1\tu1\ti3\tC1\ti1\x02i2\tC1\x02C2\n1\tu1\ti4\tC1\ti7\x02i2\tC1\x02C2\n1\tu2\ti1\tC1\t\t\n1\tu1\ti1\tC1\ti1\tC1\n",
		},
		want: "u1 i1 0 1\nu1 i2 1 1\nu1 i3 2 1\nu2 i1 0 1\ni1: C1\ni2: C2\ni3: C1\ni9: C9\n",
		loss: []string{
			"2 rows not used: their history does not go on from that of the row before",
			"1 rows with the label 0 dropped: their items were drawn, nobody saw them", "4 times and values lost: samples have the order of events only, which stands for the time",
		},
	},
}

func TestImport(t *testing.T) {
	t.Parallel()
	for _, test := range importTests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if test.files["log.tsv.gz"] != "" {
				test.files = map[string]string{"log.tsv.gz": packed(t, "session_id\tuser_id\titem_id\tts\tage\ns\ta\tx\t1\t30\n")}
			}
			f := folder(t, test.only, test.files)
			o := events.ImportOptions{Columns: test.columns}
			in := mustImport(t, test.format, f, o)
			same(t, dump(t, in.log), test.want)
			lossIs(t, in.loss, test.loss...)
			if test.columns == (events.Columns{}) {
				if name, v := detected(t, f); name != format(t, test.format).Name || v.Confidence < formats.Medium {
					t.Errorf("detected as %s: %+v", name, v)
				}
			}
		})
	}
}

// TestImportErrors has what is wrong in one line each, and what is said of it.
func TestImportErrors(t *testing.T) {
	t.Parallel()
	head := "user,item,time,value\n"
	for _, test := range []struct {
		name, format string
		columns      events.Columns
		files        map[string]string
		want         string
	}{
		{"no such column", "csv", events.Columns{User: "usr"}, map[string]string{"a.csv": head}, `a.csv:1: there is no column "usr"; there are user, item, time, value (did you mean --user user?)`},
		{"nothing near", "csv", events.Columns{Time: "zzzzz"}, map[string]string{"a.csv": head}, `a.csv:1: there is no column "zzzzz"; there are user, item, time, value (name one of them with --time)`},
		{"no time", "csv", events.Columns{}, map[string]string{"a.csv": "user,item\na,b\n"}, "a.csv:1: there is no column of times among user, item (name it with --time, or take the order of the lines with --time -)"},
		{"column out of range", "csv", events.Columns{User: "1", Item: "5"}, map[string]string{"a.csv": "a,b\n"}, "a.csv:1: there is no column 5, there are 2 (columns are counted from 1)"},
		{"numbers where there are names", "csv", events.Columns{User: "1", Item: "2", Time: "3"}, map[string]string{"a.csv": head}, `a.csv:1: the time "time" is neither a number nor a date (columns that are given by numbers have no line of names above them; where there is one, give names)`},
		{"too few fields", "csv", events.Columns{}, map[string]string{"a.csv": head + "a,b,1,2\na,b,1\n"}, "a.csv:3: 3 fields, and there are 4 columns"},
		{"no number", "csv", events.Columns{}, map[string]string{"a.csv": head + "a,b,1,good\n"}, `a.csv:2: the value "good" is no number`},
		{"no value", "csv", events.Columns{}, map[string]string{"a.csv": head + "a,b,1,\n"}, `a.csv:2: there is no value`},
		{"infinity", "csv", events.Columns{}, map[string]string{"a.csv": head + "a,b,1,1e999\n"}, `a.csv:2: the value "1e999" is no number`},
		{"no time in it", "csv", events.Columns{}, map[string]string{"a.csv": head + "a,b,,1\n"}, `a.csv:2: there is no time`},
		{"strange date", "csv", events.Columns{}, map[string]string{"a.csv": head + "a,b,07/23/2014,1\n"}, `a.csv:2: the time "07/23/2014" is neither a number nor a date (dates are written 2014-07-23 or 2014-07-23 15:04:05)`},
		{"time out of range", "csv", events.Columns{}, map[string]string{"a.csv": head + "a,b,1e30,1\n"}, `a.csv:2: the time "1e30" is out of range`},
		{"no name", "csv", events.Columns{}, map[string]string{"a.csv": head + ",b,1,1\n"}, ""},
		{"open quote", "csv", events.Columns{}, map[string]string{"a.csv": head + "a,b,1,1\n\"a,b,1,1\n"}, "a.csv:3: a quoted field does not end"},
		{"behind a quote", "csv", events.Columns{}, map[string]string{"a.csv": head + "\"a\"x,b,1,1\n"}, `a.csv:2: "x" stands behind the end of a quoted field`},
		{"lines in fields are counted", "csv", events.Columns{}, map[string]string{"a.csv": head + "\"a\n\n\",b,1,1\na,b,1\n"}, "a.csv:5: 3 fields, and there are 4 columns"},
		{"UTF-16", "csv", events.Columns{User: "1", Item: "1"}, map[string]string{"a.csv": "\xff\xfeu\x00\n"}, ""},
		{"columns of what has none", "movielens", events.Columns{User: "x"}, map[string]string{"u.data": "1\t2\t3\t4\n"}, "movielens has no columns to choose: they are always the same (leave them out, or read the file as events_csv)"},
		{"bad flag", "movielens", events.Columns{}, map[string]string{"u.data": "1\t2\t3\t4\n", "u.item": "1|t|d|v|a" + strings.Repeat("|2", 19)}, `u.item:1: the flag of unknown is "2", and neither 0 nor 1`},
		{"no review", "amazon", events.Columns{}, map[string]string{"r.json": "{'reviewerID': 'a', 'asin': 'b', 'unixReviewTime': 1}\n{'reviewerID': 'a', 'asin': 'b'}\n"}, "r.json:2: there is no time"},
		{"cut off", "amazon", events.Columns{}, map[string]string{"r.json": "{'reviewerID': 'a', 'asin': 'b', 'unixReviewTime': 1}\n{'reviewerID': 'a', 'asin': 'b\n"}, "r.json:2: at byte 29 of the line: a text does not end"},
		{"call", "amazon", events.Columns{}, map[string]string{"r.json": "{'reviewerID': 'a', 'asin': 'b', 'unixReviewTime': 1}\n{'reviewerID': f(1)}\n"}, "r.json:2: at byte 16 of the line: neither a comma nor }"},
		{"header without types", "recbole", events.Columns{}, map[string]string{"a.inter": "user_id:token\titem_id:token\ttimestamp:float\n1\t2\n"}, "a.inter:2: 2 fields, and there are 3 columns"},
		{"wrong label", "dien", events.Columns{}, map[string]string{"local_test": "2\tu\ti\tc\ti\tc\n"}, `local_test:1: the label "2" is neither 0 nor 1`},
		{"histories of two lengths", "dien", events.Columns{}, map[string]string{"local_test": "1\tu\ti\tc\ti\x02j\tc\n"}, "local_test:1: 2 items in the history, and 1 categories"},
		{"pickle of something else", "dien", events.Columns{}, map[string]string{"local_test": "1\tu\ti\tc\ti\tc\n", "mid_voc.pkl": "cos\nsystem\n(S'true'\ntR."}, `mid_voc.pkl: the pickle, before byte 1: its opcode "c" is not one of a dictionary of numbers by name (a vocabulary is a dictionary of numbers by name, and nothing else is read)`},
		{"two tables", "csv", events.Columns{}, map[string]string{"a.csv": head, "b.csv": head}, ""},
		{"two sets", "recbole", events.Columns{}, map[string]string{"a.inter": "x", "b.inter": "x"}, ""},
		{"two files of reviews", "amazon", events.Columns{}, map[string]string{"a.json": "{'reviewerID': 'a', 'asin': 'b'}", "b.json": "{'reviewerID': 'a', 'asin': 'b'}"}, ""},
		{"too many fields", "csv", events.Columns{}, map[string]string{"a.csv": head + strings.Repeat(",", 1<<20) + "\n"}, "a.csv:2: 4098 fields, and there are 4 columns"},
		{"too many fields in quotes", "csv", events.Columns{}, map[string]string{"a.csv": head + strings.Repeat("\"\",", 1<<20) + "\n"}, "a.csv:2: 4097 fields, and there are 4 columns"},
		{"too long a history", "dien", events.Columns{}, map[string]string{"local_test": "1\tu\ti\tc\t" + strings.Repeat("\x02", 3<<20) + "\tc\n"}, "local_test:1: a history of more than 1048576 items"},
		{"no item", "amazon", events.Columns{}, map[string]string{"r.json": "{'reviewerID': 'a', 'asin': 'b', 'unixReviewTime': 1}\n{'reviewerID': 'a', 'asin': None, 'unixReviewTime': 1}\n"}, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := tryImport(t, test.format, folder(t, "", test.files), events.ImportOptions{Columns: test.columns})
			if err == nil {
				t.Fatal("no error")
			}
			if got := failure(t, err); test.want != "" && got != test.want {
				t.Errorf("%s\nwant %s", got, test.want)
			}
			if !errors.Is(err, formats.ErrCorrupt) && !errors.Is(err, formats.ErrUsage) && !errors.Is(err, formats.ErrUnknownFormat) {
				t.Errorf("%v matches no sentinel", err)
			}
		})
	}
}

// TestSkip leaves bad lines out, and counts them.
func TestSkip(t *testing.T) {
	t.Parallel()
	f := folder(t, "", map[string]string{"a.csv": "user,item,time\na,x,1\nb,y\n,z,3\nc,w,4\nd," + strings.Repeat("n", events.LongestName+1) + ",4\n"})
	var skipped formats.Skipped
	o := events.ImportOptions{}
	o.Skip = &skipped
	in := mustImport(t, "csv", f, o)
	same(t, dump(t, in.log), "a x 1 1\nc w 4 1\nw: \nx: \n")
	if skipped.Count() != 3 {
		t.Errorf("%d skipped: %v", skipped.Count(), skipped.Errors())
	}
}

// TestDetectNothing has folders that are none of these.
func TestDetectNothing(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]map[string]string{
		"empty":                      {},
		"pictures":                   {"a.jpg": "x"},
		"annotations":                {"instances.json": `{"images": [], "annotations": [{"id": 1}]}`},
		"a table of something else":  {"a.csv": "a,b,c\n1,2,3\n"},
		"names only":                 {"u.data": "hello\n", "reviews-info": "one\ttwo\n", "x.inter": "user\titem\n", "ratings.dat": ""},
		"folders of text, no events": {"item-info": "a\tb\n", "README": "x"},
	} {
		f := folder(t, "", files)
		for _, x := range Formats() {
			if v := x.Probe(t.Context(), f); v.Confidence != formats.No || len(v.Unmet) == 0 {
				t.Errorf("%s is %s: %+v", name, x.Name, v)
			}
		}
	}
}
