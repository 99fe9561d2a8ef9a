# Tests of three claims of the paper over many seeds, only on request. One job trains all runs of a pair.
from planning.claims import claim_methods, claimed, claims

CLAIM_METHODS = claim_methods(config)
CLAIM_FOLDERS = files.claim_folders(study)


use rule train_pair as train_claims with:
    input:
        source_features=lambda wildcards: files.features(
            study, wildcards, "source", claimed(config)
        ),
        source_splits="<results>/splits/{source}.parquet",
        source_labels="<results>/labels/{source}.parquet",
        target_features=lambda wildcards: files.features(
            study, wildcards, "target", claimed(config)
        ),
        target_splits="<results>/splits/{target}.parquet",
    output:
        # No claim needs the weights.
        weights=[temp(directory(f"{folder}/weights")) for folder in CLAIM_FOLDERS],
        history=[f"{folder}/history.parquet" for folder in CLAIM_FOLDERS],
        predictions=[f"{folder}/predictions.parquet" for folder in CLAIM_FOLDERS],
        times=[f"{folder}/times.tsv" for folder in CLAIM_FOLDERS],
    log:
        "<logs>/claims/{source}-{target}.log",
    benchmark:
        "<results>/benchmarks/claims/{source}-{target}.tsv"
    resources:
        gpu=1,
        mem_mb=16000,
        resident_mb=6000,
        steps="one_by_one",
        runtime=2880,
    params:
        modalities=lambda wildcards: files.run_modalities(
            study, wildcards, claimed(config)
        ),
        algorithms=[method["algorithm"] for method in CLAIM_METHODS.values()],
        methods=list(CLAIM_METHODS),
        settings=lambda wildcards: programs.training(study, wildcards, CLAIM_METHODS),
        seeds=claims(config)["seeds"],
        code=fingerprints.algorithms_code("amanda.train_pair", CLAIM_METHODS.values()),
    message:
        "Training all that the claims need on {wildcards.source} -> {wildcards.target}"


use rule score_pair as score_claims with:
    input:
        predictions=[f"{folder}/predictions.parquet" for folder in CLAIM_FOLDERS],
        source_labels="<results>/labels/{source}.parquet",
        source_splits="<results>/splits/{source}.parquet",
        target_labels="<results>/labels/{target}.parquet",
    output:
        scores=[f"{folder}/scores.parquet" for folder in CLAIM_FOLDERS],
        predictions=[f"{folder}/scored.parquet" for folder in CLAIM_FOLDERS],
    log:
        "<logs>/claims/{source}-{target}.scores.log",
    benchmark:
        "<results>/benchmarks/claims/{source}-{target}.scores.tsv"
    params:
        methods=list(CLAIM_METHODS),
    message:
        "Scoring all that the claims need on {wildcards.source} -> {wildcards.target}"


rule judge_claims:
    input:
        scores=files.claim_scores(study),
        histories=files.claim_histories(study),
        labels=expand(
            "<results>/labels/{corpus}.parquet", corpus=files.claim_corpora(study)
        ),
        splits=expand(
            "<results>/splits/{corpus}.parquet", corpus=files.claim_corpora(study)
        ),
    output:
        table="<results>/claims.csv",
        page=report(
            "<results>/claims.md", caption="../report/claims.rst", category="Claims"
        ),
    log:
        "<logs>/claims.log",
    benchmark:
        "<results>/benchmarks/claims.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=programs.judging(study),
        code=fingerprint("amanda.judge_claims"),
    message:
        "Comparing the runs that the paper's claims are about"
    shell:
        "python -m amanda.judge_claims"
        " --scores {input.scores:q}"
        " --histories {input.histories:q}"
        " --labels {input.labels:q}"
        " --splits {input.splits:q}"
        " --settings {params.settings:q}"
        " --table {output.table:q}"
        " --page {output.page:q}"
        " > {log:q} 2>&1"
