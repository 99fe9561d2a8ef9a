# Runs and features -> models that others can load, and their adaptation without the source; only on request.


rule share_model:
    input:
        source_features=lambda wildcards: files.features(study, wildcards, "source"),
        source_splits="<results>/splits/{source}.parquet",
        source_labels="<results>/labels/{source}.parquet",
        weights="<results>/runs/{source}-{target}/{method}/weights",
        scores="<results>/scores/{source}-{target}/{method}.parquet",
    output:
        model=directory("<results>/models/{source}-{target}/{method}"),
    log:
        "<logs>/models/{source}-{target}/{method}.log",
    benchmark:
        "<results>/benchmarks/models/{source}-{target}/{method}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=16000,
        resident_mb=6000,
        runtime=60,
    params:
        modalities=lambda wildcards: files.run_modalities(study, wildcards),
        missing_modality=config["missing_modality"],
        seeds=config["seeds"],
        settings=lambda wildcards: sharing.shared(study, wildcards),
        extraction=lambda wildcards: sharing.extractions(study, wildcards),
        code=lambda wildcards: fingerprints.algorithms_code(
            "amanda.share_model", [study.methods[wildcards.method]]
        ),
    message:
        "Sharing {wildcards.method} of {wildcards.source} -> {wildcards.target} as a model folder"
    shell:
        "python -m amanda.share_model"
        " --modalities {params.modalities}"
        " --missing-modality {params.missing_modality}"
        " --source-features {input.source_features:q}"
        " --source-splits {input.source_splits:q}"
        " --source-labels {input.source_labels:q}"
        " --weights {input.weights:q}"
        " --scores {input.scores:q}"
        " --seeds {params.seeds}"
        " --extraction {params.extraction:q}"
        " --settings {params.settings:q}"
        " --resident-mb {resources.resident_mb}"
        " --device auto"
        " --threads {threads}"
        " --model {output.model:q}"
        " > {log:q} 2>&1"


rule adapt_model:
    input:
        model="<results>/models/{source}-{target}/{method}",
        features=lambda wildcards: files.features(study, wildcards, "target"),
        speakers="<results>/manifests/{target}.parquet",
    output:
        adapted=directory("<results>/adapted/{source}-{target}/{method}/model"),
        predictions="<results>/adapted/{source}-{target}/{method}/predictions.csv",
        changes="<results>/adapted/{source}-{target}/{method}/changes.json",
    log:
        "<logs>/adapted/{source}-{target}/{method}.log",
    benchmark:
        "<results>/benchmarks/adapted/{source}-{target}/{method}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=16000,
        runtime=60,
    params:
        modalities=lambda wildcards: files.run_modalities(study, wildcards),
        settings=as_json(config["adaptation"]),
        code=lambda wildcards: fingerprints.algorithms_code(
            "amanda.adapt_model", [study.methods[wildcards.method]]
        ),
    message:
        "Adapting {wildcards.method} of {wildcards.source} to {wildcards.target}, without a clip of the former"
    shell:
        "python -m amanda.adapt_model"
        " --model {input.model:q}"
        " --modalities {params.modalities}"
        " --features {input.features:q}"
        " --speakers {input.speakers:q}"
        " --expect ''"
        " --labelled"
        " --check"
        " --train no"
        " --evidence follow"
        " --settings {params.settings:q}"
        " --adapted {output.adapted:q}"
        " --predictions {output.predictions:q}"
        " --changes {output.changes:q}"
        " --device auto"
        " --threads {threads}"
        " > {log:q} 2>&1"


rule compare_adaptations:
    input:
        **sharing.compared_files(study),
    output:
        table="<results>/without_source.csv",
        page=report(
            "<results>/without_source.md",
            caption="../report/without_source.rst",
            category="Adaptation",
        ),
    log:
        "<logs>/without_source.log",
    benchmark:
        "<results>/benchmarks/without_source.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=16000,
        runtime=240,
    params:
        settings=sharing.compared(study),
        code=fingerprints.algorithms_code(
            "amanda.compare_adaptations",
            [study.methods[config["without_source"]["method"]]],
        ),
    message:
        "Comparing adaptation without the source with adaptation beside it"
    shell:
        "python -m amanda.compare_adaptations"
        " --model {input.model:q}"
        " --present {input.present:q}"
        " --features {input.features:q}"
        " --splits {input.splits:q}"
        " --labels {input.labels:q}"
        " --manifest {input.manifest:q}"
        " --settings {params.settings:q}"
        " --table {output.table:q}"
        " --page {output.page:q}"
        " --device auto"
        " --threads {threads}"
        " > {log:q} 2>&1"
