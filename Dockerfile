# syntax=docker/dockerfile:1

# The worker that serves every example. It takes its Temporal server and its model from the environment:
# TEMPORAL_ADDRESS, TEMPORAL_NAMESPACE, TEMPORAL_API_KEY, TEMPORAL_TLS* (as every Temporal SDK does), OPENAI_API_KEY,
# OPENAI_BASE_URL, OPENAI_MODEL, COUNTERSIGN_TASK_QUEUE, COUNTERSIGN_ENCRYPTION_KEYS, and COUNTERSIGN_DEBUG for whole
# errors.

FROM node:24.19.0-bookworm-slim AS build
WORKDIR /app
COPY package.json package-lock.json ./
# No dependency needs its install script.
RUN npm ci --ignore-scripts
COPY tsconfig.json tsconfig.build.json tsconfig.programs.json ./
COPY src src
COPY examples examples
RUN npm run --silent build
# What is left is what runs: the dependencies and all peers. (The peers are development dependencies too, and would go
# with them.) Temporal's core comes for every platform; this image is Linux.
RUN npm pkg delete devDependencies peerDependenciesMeta \
  && npm prune --ignore-scripts --offline \
  && rm -rf node_modules/@temporalio/core-bridge/releases/*-apple-* node_modules/@temporalio/core-bridge/releases/*-windows-*

FROM node:24.19.0-bookworm-slim
# Temporal's core trusts the certificates of the system, and the slim image has none.
RUN apt-get update \
  && apt-get install -y --no-install-recommends ca-certificates \
  && rm -rf /var/lib/apt/lists/*
ENV NODE_ENV=production
WORKDIR /app
COPY --from=build /app/package.json ./
COPY --from=build /app/node_modules node_modules
COPY --from=build /app/dist dist
COPY --from=build /app/build build
COPY docker/worker-health.js docker/
USER node
# Healthy means: the Temporal server lists this worker among those that poll its task queue.
HEALTHCHECK --interval=30s --timeout=15s --start-period=60s --retries=3 CMD ["node", "docker/worker-health.js"]
CMD ["node", "build/examples/worker.js"]
