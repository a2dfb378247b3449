# docker build -t trine .
FROM node:24-bookworm-slim AS build
WORKDIR /app
COPY . .
# The image has a Node of its own: the one that npm scripts use is not carried along.
RUN npm ci \
  && npm run build --workspace apps/explorer --if-present \
  && npm prune --omit=dev \
  && rm -rf node_modules/node-linux-* node_modules/node-darwin-* test docs

FROM node:24-bookworm-slim
ENV NODE_ENV=production
COPY --from=build /app /app
# Data and network files can be written by the user that the node runs as, nothing else can.
RUN mkdir /data /net && chown node:node /data /net
USER node
VOLUME ["/data"]
EXPOSE 9000/udp 5052 8080
HEALTHCHECK --interval=15s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.TRINE_METRICS_PORT ?? 8080}/health`).then(({ok}) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/apps/trine/bin/trine.js"]
CMD ["--help"]
