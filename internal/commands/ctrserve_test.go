package commands

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/http"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"datum/crypto/key"
	"datum/formats"
	"datum/models/ctr"
	"datum/models/ctr/bundle"
	"datum/models/ctr/serve"
	"datum/models/ctr/serve/servepb"
)

// clickmodel FILE ARCHITECTURE [KEYFILE] writes a model that nobody has trained. It
// knows alice and bob, five items called item 1 to item 5, and two categories.
func clickmodel(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: clickmodel FILE ARCHITECTURE [KEYFILE]")
	}
	architecture, reference := strings.CutSuffix(args[1], "-reference")
	n, err := ctr.New(ctr.Config{Architecture: architecture, Embedding: 4, Reference: reference})
	ts.Check(err)
	m := &bundle.Model{Config: n.Config, Protocol: bundle.Protocol{Name: "neg", MaxHistory: 6}, Values: n.Parameters().Initial(1), Category: []uint32{0, 1, 2, 1, 2, 1}}
	random := rand.New(rand.NewPCG(1, 2))
	table := func(list ...string) (*bundle.Names, []float32) {
		names, err := bundle.NewNames(append([]string{""}, list...))
		ts.Check(err)
		rows := make([]float32, names.Len()*n.Embedding)
		for i := range rows {
			rows[i] = float32(random.NormFloat64())
		}
		return names, rows
	}
	m.Users, m.Tables.User = table("alice", "bob")
	m.Items, m.Tables.Item = table("item 1", "item 2", "item 3", "item 4", "item 5")
	m.Categories, m.Tables.Category = table("books", "films")
	var k *key.Key
	if len(args) > 2 {
		k, _, err = key.Lookup{File: ts.MkAbs(args[2])}.Find()
		ts.Check(err)
	}
	ts.Check(m.Save(context.Background(), ts.MkAbs(args[0]), k))
}

// asks SOCKET PATH [BODY] asks a server over HTTP and prints what it says.
func asks(ts *testscript.TestScript, neg bool, args []string) {
	c := &http.Client{Transport: &http.Transport{DisableKeepAlives: true, DialContext: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "unix", ts.MkAbs(args[0]))
	}}}
	url := "http://localhost" + args[1]
	var resp *http.Response
	var err error
	if len(args) > 2 {
		resp, err = c.Post(url, "application/json", strings.NewReader(args[2]))
	} else {
		resp, err = c.Get(url)
	}
	ts.Check(err)
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	ts.Check(err)
	fmt.Fprintf(ts.Stdout(), "%d\n%s", resp.StatusCode, text)
}

// asksgrpc SOCKET USER ITEM HISTORY… asks a server over gRPC and prints what it says.
func asksgrpc(ts *testscript.TestScript, neg bool, args []string) {
	conn, err := grpc.NewClient("unix:"+ts.MkAbs(args[0]), grpc.WithTransportCredentials(insecure.NewCredentials()))
	ts.Check(err)
	defer conn.Close()
	got, err := servepb.NewScoringClient(conn).Score(context.Background(), &servepb.ScoreRequest{Rows: []*servepb.Row{{User: args[1], Item: args[2], History: args[3:]}}})
	if err != nil {
		fmt.Fprintln(ts.Stdout(), err)
		return
	}
	fmt.Fprintf(ts.Stdout(), "%v unknown %d %d %d\n", got.Probabilities, got.Unknown.GetUsers(), got.Unknown.GetItems(), got.Unknown.GetCategories())
}

// An address that another program has says what to do.
func TestAddressInUse(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	at := l.Addr().String()
	p := &addressed{Address: &serve.Address{Port: at}, text: at}
	if l, err := p.open(); err == nil || formats.Hint(err) == "" || !strings.Contains(err.Error(), at) {
		t.Errorf("%v, %v, %q", l, err, formats.Hint(err))
	}
}
