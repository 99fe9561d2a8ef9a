"""Index rows in the order of the manifest."""

from __future__ import annotations

import pandas as pd
import pyarrow as pa

from extractors.shared.program import UserError


def order_clips(manifest: pa.Table, rows: pa.Table) -> pa.Table:
    """The rows in the manifest's order.

    Raises:
        UserError: a clip of the manifest is missing, or a row occurs twice or is not in the manifest.
    """
    wanted, found = manifest["clip_id"].to_pandas(), rows["clip_id"].to_pandas()
    problems = {
        "are missing from the shards": wanted[~wanted.isin(found)],
        "are in the shards twice": found[found.duplicated()],
        "are not in the manifest": found[~found.isin(wanted)],
    }
    for problem, clips in problems.items():
        if len(clips):
            raise UserError(
                f"{len(clips)} clips {problem}, such as {clips.iloc[0]}; extract every shard of this manifest"
            )
    return rows.take(pd.Index(found).get_indexer(wanted))
