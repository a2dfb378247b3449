// A peer for tests that shares no code with this project: go-libp2p over QUIC or TCP, driven by lines of JSON.
//
// Each line on stdin is a command `{"id": 1, "do": "dial", ...}`; its answer on stdout has the same id. Lines without an
// id are events. It ends with its stdin. Bytes are in base64, message ids and roots in hexadecimal.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"sync"
)

// A command; each uses the fields that it names in `run`.
type command struct {
	ID       int     `json:"id"`
	Do       string  `json:"do"`
	Address  string  `json:"address"`
	Peer     string  `json:"peer"`
	Topic    string  `json:"topic"`
	Protocol string  `json:"protocol"`
	Data     []byte  `json:"data"`
	AsIs     bool    `json:"asIs"`
	Chunks   int     `json:"chunks"`
	Blocks   []block `json:"blocks"`
}

type block struct {
	Root string `json:"root"`
	SSZ  []byte `json:"ssz"`
}

type fields map[string]any

var out = struct {
	sync.Mutex
	*json.Encoder
}{Encoder: json.NewEncoder(os.Stdout)}

func tell(line fields) {
	out.Lock()
	defer out.Unlock()
	if err := out.Encode(line); err != nil {
		os.Exit(1)
	}
}

func main() {
	listen := flag.String("listen", "/ip4/127.0.0.1/udp/0/quic-v1", "multiaddress to listen on")
	dialect := flag.String("dialect", "specification", "specification or zeam: names and bodies of requests")
	flag.Parse()
	p, err := newPeer(context.Background(), *listen, *dialect)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(2)
	}
	tell(fields{"event": "ready", "peer": p.host.ID().String(), "addresses": p.addresses()})
	lines := bufio.NewReader(os.Stdin)
	decoder := json.NewDecoder(lines)
	for {
		var c command
		if decoder.Decode(&c) != nil {
			return
		}
		go func() {
			answer, err := p.run(c)
			if err != nil {
				answer = fields{"error": err.Error()}
			}
			answer["id"] = c.ID
			tell(answer)
		}()
	}
}
