# Checks of features, only on request: their hashes, a new extraction of some clips, the choice of the speaker's face.


rule verify_features:
    input:
        manifest="<results>/manifests/{corpus}.parquet",
        twin=lambda wildcards: files.twin(study, wildcards.corpus),
        backbone=lambda wildcards: files.synthetic_backbone(study, wildcards.modality),
        index="<results>/features/{corpus}/{modality}.parquet",
    output:
        report="<results>/verified/{corpus}/{modality}.txt",
    log:
        "<logs>/verified/{corpus}/{modality}.log",
    benchmark:
        "<results>/benchmarks/verified/{corpus}/{modality}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=240,
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
            "extractors.verify_features", wildcards.modality
        ),
    message:
        "Hashing the {wildcards.modality} features of {wildcards.corpus} again"
    shell:
        "python -m extractors.verify_features"
        " --manifest {input.manifest:q}"
        " --release {params.release:q}"
        " --modality {wildcards.modality}"
        " --backbone {params.backbone:q}"
        " --settings {params.settings:q}"
        " --index {input.index:q}"
        " --report {output.report:q}"
        " > {log:q} 2>&1"


rule compare_canaries:
    input:
        manifest="<results>/manifests/{corpus}.parquet",
        twin=lambda wildcards: files.twin(study, wildcards.corpus),
        backbone=lambda wildcards: files.synthetic_backbone(study, wildcards.modality),
        index="<results>/features/{corpus}/{modality}.parquet",
    output:
        report="<results>/canaries/{corpus}/{modality}.csv",
    log:
        "<logs>/canaries/{corpus}/{modality}.log",
    benchmark:
        "<results>/benchmarks/canaries/{corpus}/{modality}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=8000,
        runtime=60,
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
        clips=config["extraction"]["canaries"]["clips"],
        max_drift=config["extraction"]["canaries"]["max_drift"],
        code=lambda wildcards: fingerprints.extractor_code(
            "extractors.compare_canaries", wildcards.modality
        ),
    message:
        "Extracting {params.clips} canary clips of {wildcards.corpus} again ({wildcards.modality})"
    shell:
        "python -m extractors.compare_canaries"
        " --manifest {input.manifest:q}"
        " --release {params.release:q}"
        " --modality {wildcards.modality}"
        " --backbone {params.backbone:q}"
        " --settings {params.settings:q}"
        " --index {input.index:q}"
        " --clips {params.clips}"
        " --max-drift {params.max_drift}"
        " --report {output.report:q}"
        " --device auto"
        " --threads {threads}"
        " > {log:q} 2>&1"


rule show_faces:
    input:
        manifest="<results>/manifests/{corpus}.parquet",
        twin=lambda wildcards: files.twin(study, wildcards.corpus),
        index="<results>/features/{corpus}/visual.parquet",
    output:
        page="<results>/faces/{corpus}.html",
    log:
        "<logs>/faces/{corpus}.log",
    benchmark:
        "<results>/benchmarks/faces/{corpus}.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=60,
    params:
        release=lambda wildcards: files.release(study, wildcards.corpus),
        settings=programs.faces(study),
        media_files=lambda wildcards: digests.media_files(
            study, wildcards.corpus, ("visual",)
        ),
        code=fingerprint("extractors.show_faces"),
    message:
        "Showing whose face stands for the speaker in {wildcards.corpus}"
    shell:
        "python -m extractors.show_faces"
        " --manifest {input.manifest:q}"
        " --release {params.release:q}"
        " --index {input.index:q}"
        " --settings {params.settings:q}"
        " --corpus {wildcards.corpus}"
        " --page {output.page:q}"
        " > {log:q} 2>&1"
