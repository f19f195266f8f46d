#!/usr/bin/env bash
# Compiles this workspace's own crates with their mutants in them; the crates of others stay as they are.
# Not by sh: dash forgets variables with a hyphen in their names, such as where cargo says a program lies.
exec "$@" --cfg mutants
