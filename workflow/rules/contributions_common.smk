# What the contributions of the modalities are measured with: weights, where training keeps those of the rule in force.
KEEPS_WEIGHTS = ("source_validation_f1", "information_maximisation", "last_epoch")
SCORED = set(of_runs("results/scores/{pair}/{method}.parquet"))


def weights_of_pair(wildcards):
    """Weights of the runs of Table 1 on a pair: of all, or of those that are there."""
    return weights_on(f"{wildcards.source}-{wildcards.target}")


def weights_on(pair):
    methods = [
        method
        for method in config["methods"]
        if f"results/scores/{pair}/{method}.parquet" in SCORED
    ]
    folders = expand("results/runs/{pair}/{method}/weights", pair=pair, method=methods)
    refused = config["report"]["missing_runs"] == "refuse"
    return folders if refused else there(folders)


def pairs_with_weights():
    return [pair for pair in PAIRS if weights_on(pair)]


def page_contributions():
    """The table for the page, if it is asked for and the weights that it needs are kept."""
    asked = config["page"]["contributions"] and config["selection"] in KEEPS_WEIGHTS
    return ["results/contributions.csv"] if asked and pairs_with_weights() else []


def contributions_settings():
    keys = ("methods", "seeds", "selection")
    return as_json(
        {key: config[key] for key in keys}
        | releases_of(PAIRS)
        | {"pairs": PAIRS, "labels": labels_of(config["methods"])}
    )
