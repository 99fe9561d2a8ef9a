# What tables and figures say of their data: which part is synthetic, and what became of the clips of each modality.


def releases_of(pairs):
    """What the data of some pairs is: the kind of releases, and which corpora are generated twins."""
    return {
        "releases": config["releases"],
        "twins": [corpus for corpus in corpora_of(pairs) if has_twin(corpus)],
    }


def indexes_of_table():
    """The indexes of all features that the runs of Table 1 are made of, the first pair's first."""
    corpora = [*corpora_of(PAIRS[:1]), *corpora_of(PAIRS)]
    wanted = "results/features/{corpus}/{modality}.parquet"
    return as_missing_runs_says(
        expand(wanted, corpus=dict.fromkeys(corpora), modality=MODALITIES)
    )
