#!/bin/sh
# Compiles this workspace's own crates with their mutants in them; the crates of others stay as they are.
exec "$@" --cfg mutants
