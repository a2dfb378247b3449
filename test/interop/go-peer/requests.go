package main

import (
	"bufio"
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/golang/snappy"
	"github.com/libp2p/go-libp2p/core/network"
	libp2ppeer "github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

const (
	statusProtocol = "/leanconsensus/req/status/1/ssz_snappy"
	maxPayload     = 16 << 20
	success        = 0
)

// How clients of devnet-1 differed.
type dialect struct {
	blocksProtocol protocol.ID
	// Bytes before the list of roots in a request.
	listOffset int
	// Whether a length counts the bytes after compression.
	countsFrames bool
}

var dialects = map[string]dialect{
	"specification": {blocksProtocol: "/leanconsensus/req/blocks_by_root/1/ssz_snappy"},
	"zeam":          {blocksProtocol: "/leanconsensus/req/lean_blocks_by_root/1/ssz_snappy", listOffset: 4, countsFrames: true},
}

// Length and snappy frames.
func (d dialect) frame(payload []byte) []byte {
	var frames bytes.Buffer
	writer := snappy.NewBufferedWriter(&frames)
	writer.Write(payload)
	writer.Close()
	length := len(payload)
	if d.countsFrames {
		length = frames.Len()
	}
	return append(binary.AppendUvarint(nil, uint64(length)), frames.Bytes()...)
}

// Undoes `frame`, and no other dialect's.
func (d dialect) readFramed(reader *bufio.Reader) ([]byte, error) {
	length, err := binary.ReadUvarint(reader)
	if err != nil {
		return nil, err
	}
	if length > maxPayload {
		return nil, fmt.Errorf("length: expected at most %d, got %d", maxPayload, length)
	}
	if d.countsFrames {
		frames := make([]byte, length)
		if _, err = io.ReadFull(reader, frames); err != nil {
			return nil, err
		}
		return io.ReadAll(snappy.NewReader(bytes.NewReader(frames)))
	}
	payload := make([]byte, length)
	_, err = io.ReadFull(snappy.NewReader(reader), payload)
	return payload, err
}

// Asks, closes its side, and reads the answer: to its end, or so many chunks.
func (p *peer) request(ctx context.Context, id, name string, body []byte, chunks int) (fields, error) {
	decoded, err := libp2ppeer.Decode(id)
	if err != nil {
		return nil, err
	}
	stream, err := p.host.NewStream(ctx, decoded, protocol.ID(name))
	if err != nil {
		return nil, err
	}
	defer stream.Reset()
	deadline, _ := ctx.Deadline()
	stream.SetDeadline(deadline)
	if _, err = stream.Write(p.dialect.frame(body)); err != nil {
		return nil, err
	}
	if err = stream.CloseWrite(); err != nil {
		return nil, err
	}
	reader := bufio.NewReader(stream)
	answer := []fields{}
	for len(answer) < chunks {
		code, err := reader.ReadByte()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return nil, err
		}
		payload, err := p.dialect.readFramed(reader)
		if err != nil {
			return nil, err
		}
		answer = append(answer, fields{"code": code, "payload": payload})
	}
	return fields{"chunks": answer}, nil
}

// Reads a request to its end and tells of it; nil when it is none.
func (p *peer) readRequest(stream network.Stream) []byte {
	stream.SetDeadline(time.Now().Add(commandTime))
	body, err := p.dialect.readFramed(bufio.NewReader(stream))
	if err != nil {
		stream.Reset()
		return nil
	}
	tell(fields{
		"event": "request", "peer": stream.Conn().RemotePeer().String(),
		"protocol": string(stream.Protocol()), "data": body,
	})
	return body
}

func (p *peer) serveStatus(stream network.Stream) {
	defer stream.Close()
	if p.readRequest(stream) == nil {
		return
	}
	p.lock.Lock()
	status := p.status
	p.lock.Unlock()
	if status != nil {
		stream.Write(append([]byte{success}, p.dialect.frame(status)...))
	}
}

func (p *peer) serveBlocks(stream network.Stream) {
	defer stream.Close()
	body := p.readRequest(stream)
	if body == nil || len(body)%32 != p.dialect.listOffset {
		return
	}
	for roots := body[p.dialect.listOffset:]; len(roots) > 0; roots = roots[32:] {
		p.lock.Lock()
		ssz := p.blocks[fmt.Sprintf("0x%x", roots[:32])]
		p.lock.Unlock()
		if ssz == nil {
			continue
		}
		if _, err := stream.Write(append([]byte{success}, p.dialect.frame(ssz)...)); err != nil {
			return
		}
	}
}
