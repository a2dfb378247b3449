#!/bin/bash
# Trine for lean-quickstart: copy or link this file into its client-cmds/. Nodes are named trine_0 and on.
# lean-quickstart sets scriptDir, configDir, dataDir, item, privKeyPath, quicPort, metricsPort and, since 2026, apiPort.

# The checkout with `npm install` done: TRINE_DIR, or a folder or link `trine` beside spin-node.sh.
trineDir="${TRINE_DIR:-$scriptDir/trine}"

trineFlags="--node-id $item \
      --quic-port $quicPort \
      --http-address 0.0.0.0 --api-port ${apiPort:-5052} \
      --metrics-address 0.0.0.0 --metrics-port $metricsPort"

node_binary="npx --prefix $trineDir trine node \
      --genesis $configDir \
      --node-key $configDir/$privKeyPath \
      --data-dir $dataDir/$item \
      $trineFlags"

# lean-quickstart mounts the two folders at /config and /data.
node_docker="--env TRINE_METRICS_PORT=$metricsPort ${TRINE_IMAGE:-trine} node \
      --genesis /config \
      --node-key /config/$privKeyPath \
      --data-dir /data \
      $trineFlags"

# choose either binary or docker
node_setup="${TRINE_SETUP:-binary}"
