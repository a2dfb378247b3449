package main

import (
	"context"
	"crypto/rand"
	"fmt"
	"sync"
	"time"

	"github.com/golang/snappy"
	"github.com/libp2p/go-libp2p"
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	"github.com/libp2p/go-libp2p/core/crypto"
	"github.com/libp2p/go-libp2p/core/host"
	"github.com/libp2p/go-libp2p/core/network"
	libp2ppeer "github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
	libp2pquic "github.com/libp2p/go-libp2p/p2p/transport/quic"
	"github.com/libp2p/go-libp2p/p2p/transport/quicreuse"
	"github.com/libp2p/go-libp2p/p2p/transport/tcp"
	"github.com/multiformats/go-multiaddr"
)

const commandTime = 30 * time.Second

type peer struct {
	ctx     context.Context
	host    host.Host
	pubsub  *pubsub.PubSub
	dialect dialect

	lock   sync.Mutex
	topics map[string]*pubsub.Topic
	status []byte
	blocks map[string][]byte
}

func newPeer(ctx context.Context, listen, dialectName string) (*peer, error) {
	dialect, ok := dialects[dialectName]
	if !ok {
		return nil, fmt.Errorf("-dialect: expected specification or zeam, got %q", dialectName)
	}
	key, _, err := crypto.GenerateSecp256k1Key(rand.Reader)
	if err != nil {
		return nil, err
	}
	h, err := libp2p.New(
		libp2p.Identity(key),
		libp2p.ListenAddrStrings(listen),
		libp2p.QUICReuse(quicreuse.NewConnManager),
		libp2p.Transport(libp2pquic.NewTransport),
		libp2p.Transport(tcp.NewTCPTransport),
		libp2p.UserAgent("go-peer/1"),
		libp2p.ResourceManager(&network.NullResourceManager{}),
		libp2p.DisableRelay(),
		libp2p.DisableMetrics(),
	)
	if err != nil {
		return nil, err
	}
	gossip, err := newGossip(ctx, h)
	if err != nil {
		return nil, err
	}
	p := &peer{
		ctx: ctx, host: h, pubsub: gossip, dialect: dialect,
		topics: map[string]*pubsub.Topic{}, blocks: map[string][]byte{},
	}
	h.Network().Notify(&network.NotifyBundle{
		ConnectedF:    func(_ network.Network, c network.Conn) { tellOf("connected", c) },
		DisconnectedF: func(_ network.Network, c network.Conn) { tellOf("disconnected", c) },
	})
	h.SetStreamHandler(statusProtocol, p.serveStatus)
	h.SetStreamHandler(dialect.blocksProtocol, p.serveBlocks)
	return p, nil
}

func tellOf(event string, c network.Conn) {
	tell(fields{"event": event, "peer": c.RemotePeer().String()})
}

func (p *peer) addresses() []string {
	texts := []string{}
	for _, address := range p.host.Addrs() {
		texts = append(texts, address.String())
	}
	return texts
}

func (p *peer) run(c command) (fields, error) {
	ctx, cancel := context.WithTimeout(p.ctx, commandTime)
	defer cancel()
	switch c.Do {
	case "dial":
		return p.dial(ctx, c.Address)
	case "hangUp":
		return p.about(c.Peer, p.host.Network().ClosePeer)
	case "protocols":
		return p.protocols(c.Peer)
	case "subscribe":
		return p.subscribe(c.Topic)
	case "subscribers":
		return p.subscribers(c.Topic)
	case "publish":
		return p.publish(ctx, c.Topic, c.Data, c.AsIs)
	case "request":
		return p.request(ctx, c.Peer, c.Protocol, c.Data, c.Chunks)
	case "serve":
		return p.serve(c.Data, c.Blocks)
	}
	return nil, fmt.Errorf("do: unknown command %q", c.Do)
}

func (p *peer) dial(ctx context.Context, address string) (fields, error) {
	parsed, err := multiaddr.NewMultiaddr(address)
	if err != nil {
		return nil, err
	}
	info, err := libp2ppeer.AddrInfoFromP2pAddr(parsed)
	if err != nil {
		return nil, err
	}
	return fields{}, p.host.Connect(ctx, *info)
}

func (p *peer) about(id string, do func(libp2ppeer.ID) error) (fields, error) {
	decoded, err := libp2ppeer.Decode(id)
	if err != nil {
		return nil, err
	}
	return fields{}, do(decoded)
}

func (p *peer) protocols(id string) (fields, error) {
	var known []protocol.ID
	var agent any
	_, err := p.about(id, func(decoded libp2ppeer.ID) (err error) {
		if known, err = p.host.Peerstore().GetProtocols(decoded); err != nil {
			return err
		}
		agent, err = p.host.Peerstore().Get(decoded, "AgentVersion")
		return err
	})
	return fields{"protocols": known, "agent": agent}, err
}

func (p *peer) serve(status []byte, blocks []block) (fields, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if len(status) > 0 {
		p.status = status
	}
	for _, b := range blocks {
		p.blocks[b.Root] = b.SSZ
	}
	return fields{}, nil
}

func (p *peer) topic(name string) (*pubsub.Topic, error) {
	p.lock.Lock()
	defer p.lock.Unlock()
	if known := p.topics[name]; known != nil {
		return known, nil
	}
	topic, err := p.pubsub.Join(name)
	if err == nil {
		p.topics[name] = topic
	}
	return topic, err
}

func (p *peer) subscribe(name string) (fields, error) {
	topic, err := p.topic(name)
	if err != nil {
		return nil, err
	}
	subscription, err := topic.Subscribe(pubsub.WithBufferSize(10_000))
	if err != nil {
		return nil, err
	}
	go func() {
		for {
			message, err := subscription.Next(p.ctx)
			if err != nil {
				return
			}
			if message.ReceivedFrom == p.host.ID() {
				continue
			}
			data, err := decompress(message.Data)
			tell(fields{
				"event": "gossip", "topic": name, "peer": message.ReceivedFrom.String(),
				"messageId": fmt.Sprintf("%x", message.ID), "data": data, "isSnappy": err == nil,
				"isAnonymous": message.From == nil && message.Seqno == nil && message.Signature == nil,
			})
		}
	}()
	return fields{}, nil
}

func (p *peer) subscribers(name string) (fields, error) {
	ids := []string{}
	for _, id := range p.pubsub.ListPeers(name) {
		ids = append(ids, id.String())
	}
	return fields{"peers": ids}, nil
}

// Publishes the data compressed, or as they are.
func (p *peer) publish(ctx context.Context, name string, data []byte, asIs bool) (fields, error) {
	topic, err := p.topic(name)
	if err != nil {
		return nil, err
	}
	if !asIs {
		data = snappy.Encode(nil, data)
	}
	return fields{"messageId": fmt.Sprintf("%x", messageID(name, data))}, topic.Publish(ctx, data)
}
