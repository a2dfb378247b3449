package main

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"time"

	"github.com/golang/snappy"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	pb "github.com/libp2p/go-libp2p-pubsub/pb"
	"github.com/libp2p/go-libp2p/core/host"
	libp2ppeer "github.com/libp2p/go-libp2p/core/peer"
)

const maxMessage = 16 << 20

// Gossip with the protocol's parameters. It publishes to all subscribers, also to those that have it in no mesh.
func newGossip(ctx context.Context, h host.Host) (*pubsub.PubSub, error) {
	params := pubsub.DefaultGossipSubParams()
	params.HeartbeatInterval = 700 * time.Millisecond
	params.D, params.Dlo, params.Dhi, params.Dlazy = 8, 6, 12, 6
	params.HistoryLength, params.HistoryGossip = 6, 3
	return pubsub.NewGossipSub(ctx, h,
		pubsub.WithGossipSubParams(params),
		pubsub.WithMessageSignaturePolicy(pubsub.StrictNoSign),
		pubsub.WithNoAuthor(),
		pubsub.WithMessageIdFn(func(m *pb.Message) string { return string(messageID(m.GetTopic(), m.Data)) }),
		pubsub.WithMaxMessageSize(maxMessage),
		pubsub.WithPeerOutboundQueueSize(10_000),
		pubsub.WithValidateQueueSize(10_000),
		pubsub.WithSeenMessagesTTL(24*time.Second),
		pubsub.WithFloodPublish(true),
		pubsub.WithRawTracer(meshTracer{}),
	)
}

// Snappy that declares gigabytes would take them before it is found to be broken.
func decompress(data []byte) ([]byte, error) {
	length, err := snappy.DecodedLen(data)
	if err != nil {
		return nil, err
	}
	if length > maxMessage {
		return nil, fmt.Errorf("expected at most %d bytes, got %d", maxMessage, length)
	}
	return snappy.Decode(nil, data)
}

// The specification's id, of a message as it travels.
func messageID(topic string, data []byte) []byte {
	domain := []byte{1, 0, 0, 0}
	payload, err := decompress(data)
	if err != nil {
		domain, payload = []byte{0, 0, 0, 0}, data
	}
	hash := sha256.New()
	hash.Write(domain)
	hash.Write(binary.LittleEndian.AppendUint64(nil, uint64(len(topic))))
	hash.Write([]byte(topic))
	hash.Write(payload)
	return hash.Sum(nil)[:20]
}

// Tells who is in the mesh; the rest it does not trace.
type meshTracer struct{ noTrace }

func (meshTracer) Graft(p libp2ppeer.ID, topic string) {
	tell(fields{"event": "graft", "peer": p.String(), "topic": topic})
}

func (meshTracer) Prune(p libp2ppeer.ID, topic string) {
	tell(fields{"event": "prune", "peer": p.String(), "topic": topic})
}
