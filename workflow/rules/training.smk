# Features of a source and a target -> runs -> scores. Only scoring reads target labels; training never does.
TABLE_FOLDERS = expand(
    "<results>/runs/{{source}}-{{target}}/{method}", method=config["methods"]
)


rule train_pair:
    input:
        source_features=lambda wildcards: files.features(study, wildcards, "source"),
        source_splits="<results>/splits/{source}.parquet",
        source_labels="<results>/labels/{source}.parquet",
        target_features=lambda wildcards: files.features(study, wildcards, "target"),
        target_splits="<results>/splits/{target}.parquet",
    output:
        # Outputs with the same inputs are kept (amanda.training.record), so no output is removed before the training.
        weights=update(directory("<results>/runs/{source}-{target}/{method}/weights")),
        history=update("<results>/runs/{source}-{target}/{method}/history.parquet"),
        predictions=update(
            "<results>/runs/{source}-{target}/{method}/predictions.parquet"
        ),
        times=update("<results>/runs/{source}-{target}/{method}/times.tsv"),
    log:
        "<logs>/runs/{source}-{target}/{method}.log",
    benchmark:
        "<results>/benchmarks/runs/{source}-{target}/{method}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    # A corpus with more megabytes of frames than resident_mb is read batch by batch. Two corpora of this size must fit
    # into the memory of the GPU, or of the machine if there is no GPU. No number depends on it. With `steps=recorded` a
    # GPU replays whole steps, which changes numbers by rounding only (docs/training.md).
    resources:
        gpu=1,
        mem_mb=16000,
        resident_mb=6000,
        steps="one_by_one",
        runtime=720,
    params:
        modalities=lambda wildcards: files.run_modalities(study, wildcards),
        missing_modality=config["missing_modality"],
        algorithms=lambda wildcards: programs.algorithm(study, wildcards.method),
        methods="{method}",
        settings=lambda wildcards: programs.training(
            study, wildcards, {wildcards.method: study.methods[wildcards.method]}
        ),
        seeds=config["seeds"],
        code=lambda wildcards: fingerprints.algorithms_code(
            "amanda.train_pair", [study.methods[wildcards.method]]
        ),
    message:
        "Training {wildcards.method} on {wildcards.source} -> {wildcards.target}, every seed"
    shell:
        "python -m amanda.train_pair"
        " --modalities {params.modalities}"
        " --missing-modality {params.missing_modality}"
        " --source-features {input.source_features:q}"
        " --source-splits {input.source_splits:q}"
        " --source-labels {input.source_labels:q}"
        " --target-features {input.target_features:q}"
        " --target-splits {input.target_splits:q}"
        " --source {wildcards.source}"
        " --target {wildcards.target}"
        " --algorithm {params.algorithms}"
        " --method {params.methods:q}"
        " --settings {params.settings:q}"
        " --seeds {params.seeds}"
        " --weights {output.weights:q}"
        " --history {output.history:q}"
        " --predictions {output.predictions:q}"
        " --times {output.times:q}"
        " --resident-mb {resources.resident_mb}"
        " --steps {resources.steps}"
        " --device auto"
        " --threads {threads}"
        " > {log:q} 2>&1"


# The methods of Table 1 use the same features of a pair, which one job reads once. If the code or the settings of a
# method change, the job runs again and trains only that method.
if study.trains_together:

    ruleorder: train_methods > train_pair

    use rule train_pair as train_methods with:
        output:
            weights=[update(directory(f"{folder}/weights")) for folder in TABLE_FOLDERS],
            history=[update(f"{folder}/history.parquet") for folder in TABLE_FOLDERS],
            predictions=[
                update(f"{folder}/predictions.parquet") for folder in TABLE_FOLDERS
            ],
            times=[update(f"{folder}/times.tsv") for folder in TABLE_FOLDERS],
        log:
            "<logs>/runs/{source}-{target}.log",
        benchmark:
            "<results>/benchmarks/runs/{source}-{target}.tsv"
        # A corpus with itself is the ceiling, for which only one method is trained.
        wildcard_constraints:
            target=files.another_corpus(study),
        resources:
            gpu=1,
            mem_mb=16000,
            resident_mb=6000,
            steps="one_by_one",
            runtime=1440,
        params:
            algorithms=[row["algorithm"] for row in study.table_methods],
            methods=config["methods"],
            settings=lambda wildcards: programs.training(
                study,
                wildcards,
                {name: study.methods[name] for name in config["methods"]},
            ),
            seeds=config["seeds"],
            code=fingerprints.algorithms_code("amanda.train_pair", study.table_methods),
        message:
            "Training every method on {wildcards.source} -> {wildcards.target}, every seed"


rule score_pair:
    input:
        predictions="<results>/runs/{source}-{target}/{method}/predictions.parquet",
        source_labels="<results>/labels/{source}.parquet",
        source_splits="<results>/splits/{source}.parquet",
        target_labels="<results>/labels/{target}.parquet",
    output:
        scores="<results>/scores/{source}-{target}/{method}.parquet",
        predictions="<results>/scores/{source}-{target}/{method}.predictions.parquet",
    log:
        "<logs>/scores/{source}-{target}/{method}.log",
    benchmark:
        "<results>/benchmarks/scores/{source}-{target}/{method}.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        methods="{method}",
        settings=as_json(config["scoring"]),
        code=fingerprint("amanda.score_pair"),
    message:
        "Scoring {wildcards.method} on {wildcards.source} -> {wildcards.target}"
    shell:
        "python -m amanda.score_pair"
        " --predictions {input.predictions:q}"
        " --source-labels {input.source_labels:q}"
        " --source-splits {input.source_splits:q}"
        " --target-labels {input.target_labels:q}"
        " --source {wildcards.source}"
        " --target {wildcards.target}"
        " --method {params.methods:q}"
        " --settings {params.settings:q}"
        " --scores {output.scores:q}"
        " --chosen-predictions {output.predictions:q}"
        " > {log:q} 2>&1"


if study.trains_together:

    ruleorder: score_methods > score_pair

    use rule score_pair as score_methods with:
        input:
            predictions=[f"{folder}/predictions.parquet" for folder in TABLE_FOLDERS],
            source_labels="<results>/labels/{source}.parquet",
            source_splits="<results>/splits/{source}.parquet",
            target_labels="<results>/labels/{target}.parquet",
        output:
            scores=expand(
                "<results>/scores/{{source}}-{{target}}/{method}.parquet",
                method=config["methods"],
            ),
            predictions=expand(
                "<results>/scores/{{source}}-{{target}}/{method}.predictions.parquet",
                method=config["methods"],
            ),
        log:
            "<logs>/scores/{source}-{target}.log",
        benchmark:
            "<results>/benchmarks/scores/{source}-{target}.tsv"
        wildcard_constraints:
            target=files.another_corpus(study),
        params:
            methods=config["methods"],
            settings=as_json(config["scoring"]),
            code=fingerprint("amanda.score_pair"),
        message:
            "Scoring every method on {wildcards.source} -> {wildcards.target}"
