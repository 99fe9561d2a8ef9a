# What the test of the paper's claims is made of: the rows that are trained, and what the program is told.
from planning.claims import claim_rows, claims, label_alignment, norms, weighted

CLAIM_ROWS = claim_rows(config)
CLAIM_FOLDERS = [f"results/claims/{{source}}-{{target}}/{row}" for row in CLAIM_ROWS]
CLAIM_PAIRS = claims(config)["pairs"]
CLAIM_CORPORA = corpora_of(CLAIM_PAIRS)


def claims_settings():
    wanted = claims(config)
    aligned, at_alpha2 = label_alignment(config), weighted(config)
    keys = ("pairs", "seeds", "imbalanced", "balanced")
    return as_json(
        {key: wanted[key] for key in keys}
        | {key: config[key] for key in ("recipe", "selection")}
        | releases_of(wanted["pairs"])
        | {
            "alpha": config["statistics"]["alpha"],
            "prior_distance": config["page"]["prior_distance"],
            "label_alignment": aligned,
            "weighted": at_alpha2,
            "norms": norms(config),
            "corpora": CLAIM_CORPORA,
            "labels": labels_of({row["method"] for row in (*aligned, *at_alpha2)}),
        }
    )
