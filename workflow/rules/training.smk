# Features of a source and a target -> runs -> scores. Target labels enter with the score, never with the training.


rule train_pair:
    input:
        source_text="results/features/{source}/text.parquet",
        source_audio="results/features/{source}/audio.parquet",
        source_visual="results/features/{source}/visual.parquet",
        source_splits="results/splits/{source}.parquet",
        source_labels="results/labels/{source}.parquet",
        target_text="results/features/{target}/text.parquet",
        target_audio="results/features/{target}/audio.parquet",
        target_visual="results/features/{target}/visual.parquet",
        target_splits="results/splits/{target}.parquet",
    output:
        weights=directory("results/runs/{source}-{target}/{method}/weights"),
        history="results/runs/{source}-{target}/{method}/history.parquet",
        predictions="results/runs/{source}-{target}/{method}/predictions.parquet",
    log:
        "logs/runs/{source}-{target}/{method}.log",
    benchmark:
        "results/benchmarks/runs/{source}-{target}/{method}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    # A corpus with more megabytes of frames than resident_mb is read batch by batch; two of them must fit into memory,
    # the GPU's where there is one; no number depends on it. `steps=recorded` lets a GPU replay whole steps, which changes
    # numbers by rounding alone (docs/training.md).
    resources:
        gpu=1,
        mem_mb=16000,
        resident_mb=6000,
        steps="one_by_one",
        runtime=720,
    params:
        algorithms=lambda wildcards: programs.algorithm(study, wildcards.method),
        methods="{method}",
        settings=lambda wildcards: programs.training(study, wildcards.method),
        seeds=config["seeds"],
        code=lambda wildcards: programs.algorithms_code(
            "amanda.train_pair", [study.methods[wildcards.method]]
        ),
    message:
        "Training {wildcards.method} on {wildcards.source} -> {wildcards.target}, every seed"
    shell:
        "python -m amanda.train_pair"
        " --source-text {input.source_text:q}"
        " --source-audio {input.source_audio:q}"
        " --source-visual {input.source_visual:q}"
        " --source-splits {input.source_splits:q}"
        " --source-labels {input.source_labels:q}"
        " --target-text {input.target_text:q}"
        " --target-audio {input.target_audio:q}"
        " --target-visual {input.target_visual:q}"
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
        " --resident-mb {resources.resident_mb}"
        " --steps {resources.steps}"
        " --device auto"
        " --threads {threads}"
        " > {log:q} 2>&1"


rule score_pair:
    input:
        predictions="results/runs/{source}-{target}/{method}/predictions.parquet",
        source_labels="results/labels/{source}.parquet",
        source_splits="results/splits/{source}.parquet",
        target_labels="results/labels/{target}.parquet",
    output:
        scores="results/scores/{source}-{target}/{method}.parquet",
        predictions="results/scores/{source}-{target}/{method}.predictions.parquet",
    log:
        "logs/scores/{source}-{target}/{method}.log",
    benchmark:
        "results/benchmarks/scores/{source}-{target}/{method}.tsv"
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
