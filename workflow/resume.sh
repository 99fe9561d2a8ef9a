#!/usr/bin/env bash
# Run Snakemake here and take up what an earlier, killed run left behind: its lock goes, its finished files stay.
set -euo pipefail

mkdir -p .snakemake
if command -v flock >/dev/null; then
    # Held by Snakemake and by every job it starts, so an orphan job of a killed run is waited for, never raced.
    exec 9>.snakemake/resume.lock
    flock --nonblock 9 || {
        echo "another run is at work in this folder: waiting for it to end"
        flock 9
    }
fi
if [ -n "$(ls -A .snakemake/locks 2>/dev/null)" ]; then
    snakemake "$@" --unlock
fi
exec snakemake "$@"
