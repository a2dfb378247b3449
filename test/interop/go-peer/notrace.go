package main

import (
	pubsub "github.com/libp2p/go-libp2p-pubsub"
	libp2ppeer "github.com/libp2p/go-libp2p/core/peer"
	"github.com/libp2p/go-libp2p/core/protocol"
)

// What a tracer must have.
type noTrace struct{}

func (noTrace) AddPeer(libp2ppeer.ID, protocol.ID)    {}
func (noTrace) RemovePeer(libp2ppeer.ID)              {}
func (noTrace) Join(string)                           {}
func (noTrace) Leave(string)                          {}
func (noTrace) ValidateMessage(*pubsub.Message)       {}
func (noTrace) DeliverMessage(*pubsub.Message)        {}
func (noTrace) RejectMessage(*pubsub.Message, string) {}
func (noTrace) DuplicateMessage(*pubsub.Message)      {}
func (noTrace) ThrottlePeer(libp2ppeer.ID)            {}
func (noTrace) RecvRPC(*pubsub.RPC)                   {}
func (noTrace) SendRPC(*pubsub.RPC, libp2ppeer.ID)    {}
func (noTrace) DropRPC(*pubsub.RPC, libp2ppeer.ID)    {}
func (noTrace) UndeliverableMessage(*pubsub.Message)  {}
