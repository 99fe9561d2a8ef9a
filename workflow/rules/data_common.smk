# What the config makes of the corpora: which are sources, which are synthetic, and whose features Table 1 needs.


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


def parts_with_every_class(wildcards):
    """The parts of a corpus that every class must be in: what a source is trained on, and none of a target alone."""
    sources = {pair.split("-")[0] for pair in PAIRS}
    return ["train"] if wildcards.corpus in sources else []
