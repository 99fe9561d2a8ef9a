# Manifest and media -> shards of frames -> one index per corpus and modality, and its clips without information.


rule extract_shard:
    # A new split, or a new pair with this corpus as the source, is checked again, but nothing is extracted again.
    input:
        checked=ancient("<results>/checked/{corpus}.csv"),
        manifest="<results>/manifests/{corpus}.parquet",
        twin=lambda wildcards: files.twin(study, wildcards.corpus),
        backbone=lambda wildcards: files.synthetic_backbone(study, wildcards.modality),
    output:
        frames="<results>/features/{corpus}/{modality}/{shard}.npy",
        index="<results>/features/{corpus}/{modality}/{shard}.parquet",
    log:
        "<logs>/features/{corpus}/{modality}/{shard}.log",
    benchmark:
        "<results>/benchmarks/features/{corpus}/{modality}/{shard}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=8000,
        runtime=720,
    params:
        release=lambda wildcards: files.release(study, wildcards.corpus),
        backbone=lambda wildcards: files.backbone(study, wildcards.modality),
        settings=lambda wildcards: programs.extraction(
            study, wildcards.corpus, wildcards.modality
        ),
        network_files=lambda wildcards: digests.network_files(study, wildcards.modality),
        media_files=lambda wildcards: digests.media_files(
            study, wildcards.corpus, (wildcards.modality,)
        ),
        code=lambda wildcards: fingerprints.extractor_code(
            "extractors.extract_shard", wildcards.modality
        ),
    message:
        "Extracting {wildcards.modality} features of {wildcards.corpus}, shard {wildcards.shard}"
    # Features that another run extracted from the same clip in the same way are copied; this changes no number.
    shell:
        "shopt -s nullglob; python -m extractors.extract_shard"
        " --manifest {input.manifest:q}"
        " --release {params.release:q}"
        " --modality {wildcards.modality}"
        " --shard {wildcards.shard}"
        " --backbone {params.backbone:q}"
        " --settings {params.settings:q}"
        " --frames {output.frames:q}"
        " --index {output.index:q}"
        " --others {{results,runs/*}}/features/{wildcards.corpus}/{wildcards.modality}/{wildcards.shard}.npy"
        " --device auto"
        " --threads {threads}"
        " > {log:q} 2>&1"


rule index_features:
    input:
        manifest="<results>/manifests/{corpus}.parquet",
        shards=expand(
            "<results>/features/{{corpus}}/{{modality}}/{shard}.parquet",
            shard=study.shards,
        ),
        frames=expand(
            "<results>/features/{{corpus}}/{{modality}}/{shard}.npy",
            shard=study.shards,
        ),
    output:
        index="<results>/features/{corpus}/{modality}.parquet",
    log:
        "<logs>/features/{corpus}/{modality}.log",
    benchmark:
        "<results>/benchmarks/features/{corpus}/{modality}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        limits=as_json(config["extraction"]["limits"]),
        code=fingerprint("extractors.index_features"),
    message:
        "Indexing the {wildcards.modality} features of {wildcards.corpus}"
    shell:
        "python -m extractors.index_features"
        " --manifest {input.manifest:q}"
        " --shards {input.shards:q}"
        " --limits {params.limits:q}"
        " --index {output.index:q}"
        " > {log:q} 2>&1"


rule count_states:
    input:
        indexes=list(files.indexes_of_table(study)),
    output:
        table="<results>/states.parquet",
    log:
        "<logs>/states.log",
    benchmark:
        "<results>/benchmarks/states.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        corpora=[corpus for corpus, _ in files.indexes_of_table(study).values()],
        modalities=[modality for _, modality in files.indexes_of_table(study).values()],
        code=fingerprint("extractors.count_states"),
    message:
        "Counting the clips that a modality says nothing of"
    shell:
        "python -m extractors.count_states"
        " --indexes {input.indexes:q}"
        " --corpora {params.corpora:q}"
        " --modalities {params.modalities:q}"
        " --table {output.table:q}"
        " > {log:q} 2>&1"
