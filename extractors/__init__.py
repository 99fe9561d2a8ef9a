"""Files to arrays: releases become manifests, clips become frames; nothing here knows about training."""

from __future__ import annotations
