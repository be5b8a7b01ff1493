#!/bin/sh
# The image's build: packages, dist/, and only the packages that run. test/docker.test.ts runs the same steps.
set -eu
cd "$(dirname "$0")/.."
npm ci --ignore-scripts --include=dev --no-audit --no-fund
node bin/build.mjs
npm prune --omit=dev --ignore-scripts --no-audit --no-fund
