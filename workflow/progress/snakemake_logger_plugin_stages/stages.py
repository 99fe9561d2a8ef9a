"""The stage of a run to which each rule belongs, and the usual time of one of its jobs."""

from __future__ import annotations

# The stages in the order of a run. The numbers are processor seconds of one job of the demo. Only their ratios are
# used, and only until the first job of the rule is finished in the current run.
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
ANY_OTHER = 3.0  # for rules that no stage names; they belong to the last stage


def stage_of(rule: str) -> str:
    """The name of the stage that a rule belongs to."""
    return next((stage for stage, rules in STAGES.items() if rule in rules), LAST)


def usual_seconds(rule: str) -> float:
    """The usual time of one job of a rule, in seconds of the demo."""
    return STAGES[stage_of(rule)].get(rule, ANY_OTHER)
