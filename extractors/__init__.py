"""From files to arrays: releases become manifests, and clips become frames. This package does not import training."""

from __future__ import annotations
