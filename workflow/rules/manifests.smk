# Release -> manifest and labels -> splits; and, on request, a check of every clip.


rule read_release:
    input:
        twin=lambda wildcards: files.twin(study, wildcards.corpus),
    output:
        manifest="<results>/manifests/{corpus}.parquet",
        labels="<results>/labels/{corpus}.parquet",
        votes="<results>/votes/{corpus}.parquet",
    log:
        "<logs>/manifests/{corpus}.log",
    benchmark:
        "<results>/benchmarks/manifests/{corpus}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        release=lambda wildcards: files.release(study, wildcards.corpus),
        modalities=lambda wildcards: config["corpora"][wildcards.corpus]["modalities"],
        reading=lambda wildcards: as_json(
            config["corpora"][wildcards.corpus]["reading"]
        ),
        classes=config["classes"],
        word_classes=lambda wildcards: as_json(
            config["corpora"][wildcards.corpus].get("labels", {})
        ),
        expected_counts=lambda wildcards: programs.expected_counts(
            study, wildcards.corpus
        ),
        label_files=lambda wildcards: digests.label_files(study, wildcards.corpus),
        code=lambda wildcards: fingerprints.reader_code(
            "extractors.read_release", study, wildcards.corpus
        ),
    message:
        "Reading the release of {wildcards.corpus}"
    shell:
        "python -m extractors.read_release"
        " --corpus {wildcards.corpus}"
        " --release {params.release:q}"
        " --modalities {params.modalities}"
        " --reading {params.reading:q}"
        " --classes {params.classes:q}"
        " --word-classes {params.word_classes:q}"
        " --expected-counts {params.expected_counts:q}"
        " --manifest {output.manifest:q}"
        " --labels {output.labels:q}"
        " --votes {output.votes:q}"
        " > {log:q} 2>&1"


rule split_corpus:
    input:
        manifest="<results>/manifests/{corpus}.parquet",
        labels=lambda wildcards: files.labels_to_split_by(study, wildcards.corpus),
    output:
        splits="<results>/splits/{corpus}.parquet",
    log:
        "<logs>/splits/{corpus}.log",
    benchmark:
        "<results>/benchmarks/splits/{corpus}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        split=lambda wildcards: as_json(config["corpora"][wildcards.corpus]["split"]),
        code=fingerprint("extractors.split_corpus"),
    message:
        "Splitting {wildcards.corpus} into train, validation and test"
    shell:
        "python -m extractors.split_corpus"
        " --manifest {input.manifest:q}"
        " --labels {input.labels:q}"
        " --split {params.split:q}"
        " --splits {output.splits:q}"
        " > {log:q} 2>&1"


# Extraction waits for this check, so that no hours are spent on a source that cannot be used for training.
# Extraction itself reads no label.
rule check_source:
    input:
        labels="<results>/labels/{corpus}.parquet",
        splits="<results>/splits/{corpus}.parquet",
    output:
        counts="<results>/checked/{corpus}.csv",
    log:
        "<logs>/checked/{corpus}.log",
    benchmark:
        "<results>/benchmarks/checked/{corpus}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        parts=lambda wildcards: programs.parts_with_every_class(study, wildcards.corpus),
        code=fingerprint("extractors.check_source"),
    message:
        "Checking that {wildcards.corpus} has the classes that it needs"
    shell:
        "python -m extractors.check_source"
        " --corpus {wildcards.corpus}"
        " --labels {input.labels:q}"
        " --splits {input.splits:q}"
        " --parts {params.parts:q}"
        " --counts {output.counts:q}"
        " > {log:q} 2>&1"


rule inspect_corpus:
    input:
        manifest="<results>/manifests/{corpus}.parquet",
        twin=lambda wildcards: files.twin(study, wildcards.corpus),
    output:
        quality="<results>/quality/{corpus}.parquet",
        pictures="<results>/quality/pictures/{corpus}.parquet",
        defects="<results>/quality/{corpus}.tsv",
    log:
        "<logs>/quality/{corpus}.log",
    benchmark:
        "<results>/benchmarks/quality/{corpus}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 8
    resources:
        mem_mb=4000,
        runtime=720,
    params:
        release=lambda wildcards: files.release(study, wildcards.corpus),
        settings=programs.inspection(study),
        media_files=lambda wildcards: digests.media_files(
            study, wildcards.corpus, ("visual", "audio")
        ),
        code=fingerprint("extractors.inspect_corpus"),
    message:
        "Decoding every clip of {wildcards.corpus}"
    shell:
        "python -m extractors.inspect_corpus"
        " --manifest {input.manifest:q}"
        " --release {params.release:q}"
        " --settings {params.settings:q}"
        " --quality {output.quality:q}"
        " --pictures {output.pictures:q}"
        " --defects {output.defects:q}"
        " --threads {threads}"
        " > {log:q} 2>&1"


rule show_quality:
    input:
        quality="<results>/quality/{corpus}.parquet",
        pictures="<results>/quality/pictures/{corpus}.parquet",
        labels="<results>/labels/{corpus}.parquet",
        twin=lambda wildcards: files.twin(study, wildcards.corpus),
    output:
        page="<results>/quality/{corpus}.html",
    log:
        "<logs>/quality/pages/{corpus}.log",
    benchmark:
        "<results>/benchmarks/quality/pages/{corpus}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=10,
    params:
        release=lambda wildcards: files.release(study, wildcards.corpus),
        settings=as_json(config["quality"]),
        code=fingerprint("extractors.show_quality"),
    message:
        "Showing the quality of {wildcards.corpus}"
    shell:
        "python -m extractors.show_quality"
        " --quality {input.quality:q}"
        " --pictures {input.pictures:q}"
        " --labels {input.labels:q}"
        " --release {params.release:q}"
        " --settings {params.settings:q}"
        " --page {output.page:q}"
        " > {log:q} 2>&1"
