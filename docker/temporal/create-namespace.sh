#!/bin/sh
# Creates the namespace the worker uses, unless it is there, and waits until the server knows it everywhere: a worker that
# comes earlier would be refused.
set -eu

if ! temporal operator namespace describe -n "$TEMPORAL_NAMESPACE" >/dev/null 2>&1; then
  # How long a finished run can still be read. Parked runs are not finished: they stay for as long as it takes.
  temporal operator namespace create -n "$TEMPORAL_NAMESPACE" --retention 720h
fi

for _ in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
  if temporal workflow list -n "$TEMPORAL_NAMESPACE" --limit 1 >/dev/null 2>&1; then exit 0; fi
  sleep 2
done
echo "namespace $TEMPORAL_NAMESPACE is not usable after 30 s" >&2
exit 1
