"""Which stage of a run each rule belongs to, and what one of its jobs costs beside the others."""

from __future__ import annotations

# In the order in which a run passes through them. The numbers are processor seconds of one job of the demo; only their
# ratios count, and only until a job of that rule has ended in the run that is watched.
STAGES: dict[str, dict[str, float]] = {
    "Synthetic corpora": {"write_twin": 12, "write_backbone": 4, "write_bed": 1},
    "Manifests and splits": {"read_release": 2, "split_corpus": 1, "check_source": 1, "count_corpora": 1},
    "Features": {"extract_shard": 15, "index_features": 1, "count_states": 2},
    "Training": {"train_methods": 90, "train_pair": 10, "train_claims": 60, "train_sweep": 40, "train_bed": 5},
    "Scores": {
        "score_methods": 4,
        "score_pair": 2,
        "score_claims": 5,
        "score_sweep": 5,
        "score_bed": 2,
        "leave_out": 5,
    },
    "Table, figures, page": {},
}
LAST = "Table, figures, page"
ANY_OTHER = 3.0  # a rule that no stage names belongs to the last


def stage_of(rule: str) -> str:
    """The name of the stage that a rule belongs to."""
    return next((stage for stage, rules in STAGES.items() if rule in rules), LAST)


def usual_seconds(rule: str) -> float:
    """What one job of a rule costs, in seconds of the demo."""
    return STAGES[stage_of(rule)].get(rule, ANY_OTHER)
