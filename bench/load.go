package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"

	"datum/models/ctr/serve/servepb"
)

// Names of the values of a load.
const (
	requestsPerSecond = "requests a second"
	latencyMiddle     = "p50 ms"
	latencyHigh       = "p99 ms"
	firstAnswers      = "first answers"
	allRequests       = "requests"
)

const (
	loadRequests = 512 // that differ
	loadChecked  = 32  // whose answers are added up, to see that everybody says the same
)

// A caller asks request i of [clickRows] and returns the probability.
type caller func(i int) (float64, error)

// load asks a server for some seconds, over so many connections, of which each asks
// when it has been answered.
func load(protocol, address string, connections int, seconds float64) (map[string]float64, error) {
	callers := make([]caller, connections)
	for i := range callers {
		call, done, err := connect(protocol, address)
		if err != nil {
			return nil, err
		}
		defer done()
		callers[i] = call
	}
	sum := 0.
	for i := range loadChecked {
		p, err := callers[0](i)
		if err != nil {
			return nil, err
		}
		sum += p
	}
	warm, _, err := ask(callers, seconds/5)
	if err != nil {
		return nil, err
	}
	took, elapsed, err := ask(callers, seconds)
	if err != nil || len(took) == 0 {
		return nil, errors.Join(err, fmt.Errorf("%d requests were answered", len(took)))
	}
	quantile := func(q float64) float64 { return 1e3 * took[int(q*float64(len(took)-1))].Seconds() }
	return map[string]float64{
		requestsPerSecond: float64(len(took)) / elapsed.Seconds(), latencyMiddle: quantile(0.5), latencyHigh: quantile(0.99),
		firstAnswers: sum, allRequests: float64(loadChecked + len(warm) + len(took)),
	}, nil
}

// ask returns how long each request took, in order of that.
func ask(callers []caller, seconds float64) (took []time.Duration, elapsed time.Duration, err error) {
	start := time.Now()
	until := start.Add(time.Duration(seconds * float64(time.Second)))
	var mu sync.Mutex
	var all sync.WaitGroup
	for k, call := range callers {
		all.Go(func() {
			var mine []time.Duration
			var failed error
			for i := k * 37; failed == nil && time.Now().Before(until); i++ {
				begun := time.Now()
				_, failed = call(i % loadRequests)
				mine = append(mine, time.Since(begun))
			}
			mu.Lock()
			defer mu.Unlock()
			took, err = append(took, mine...), errors.Join(err, failed)
		})
	}
	all.Wait()
	elapsed = time.Since(start)
	slices.Sort(took)
	return took, elapsed, err
}

func connect(protocol, address string) (caller, func() error, error) {
	if protocol == "grpc" {
		return connectGRPC(address)
	}
	return connectHTTP(address)
}

// connectHTTP speaks HTTP itself: Go's client takes as much time as a good server.
func connectHTTP(address string) (caller, func() error, error) {
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, nil, err
	}
	var requests [][]byte
	for _, r := range clickRows(loadRequests) {
		body, err := json.Marshal(map[string][]clickRow{"rows": {r}})
		if err != nil {
			return nil, nil, err
		}
		requests = append(requests, fmt.Appendf(nil, "POST /v1/score HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", address, len(body), body))
	}
	in := bufio.NewReader(conn)
	return func(i int) (float64, error) {
		if _, err := conn.Write(requests[i]); err != nil {
			return 0, err
		}
		return readAnswer(in)
	}, conn.Close, nil
}

// readAnswer reads an answer and the one probability that is in it.
func readAnswer(in *bufio.Reader) (float64, error) {
	length, head := -1, ""
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			return 0, err
		}
		if line == "\r\n" {
			break
		}
		if head == "" {
			head = line
		}
		if name, value, _ := strings.Cut(line, ":"); strings.EqualFold(name, "Content-Length") {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return 0, err
			}
		}
	}
	body := make([]byte, max(0, length))
	if _, err := io.ReadFull(in, body); err != nil {
		return 0, err
	}
	_, rest, _ := bytes.Cut(body, []byte(`"probabilities":`))
	number, _, found := bytes.Cut(rest, []byte("]"))
	if !strings.Contains(head, " 200 ") || !found {
		return 0, fmt.Errorf("%s%s", head, body)
	}
	return strconv.ParseFloat(strings.Trim(string(number), " ["), 64)
}

func connectGRPC(address string) (caller, func() error, error) {
	conn, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		return nil, nil, err
	}
	var requests []*servepb.ScoreRequest
	for _, r := range clickRows(loadRequests) {
		requests = append(requests, &servepb.ScoreRequest{Rows: []*servepb.Row{{User: r.User, Item: r.Item, History: r.History}}})
	}
	client := servepb.NewScoringClient(conn)
	return func(i int) (float64, error) {
		got, err := client.Score(context.Background(), requests[i])
		if err != nil {
			return 0, err
		}
		return float64(got.Probabilities[0]), nil
	}, conn.Close, nil
}
