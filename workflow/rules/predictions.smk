# A model and the features of its target -> its prediction for each clip. No label of the target is read.


# The model of a run in the form of a shared model, for predictions only. It is not shared, so few clips are enough.
use rule share_model as model_to_predict with:
    output:
        model=temp(directory("<results>/predictions/{source}-{target}/{method}.model")),
    log:
        "<logs>/predictions/{source}-{target}/{method}.model.log",
    benchmark:
        "<results>/benchmarks/predictions/{source}-{target}/{method}.model.tsv"
    params:
        modalities=lambda wildcards: files.run_modalities(study, wildcards),
        missing_modality=config["missing_modality"],
        seeds=config["seeds"],
        settings=lambda wildcards: sharing.shared(study, wildcards, least_clips=1),
        extraction=lambda wildcards: sharing.extractions(study, wildcards),
        code=lambda wildcards: fingerprints.algorithms_code(
            "amanda.share_model", [study.methods[wildcards.method]]
        ),
    message:
        "Building the model of {wildcards.method} from {wildcards.source} that predicts {wildcards.target}"


rule predict_clips:
    input:
        model="<results>/predictions/{source}-{target}/{method}.model",
        manifest="<results>/manifests/{target}.parquet",
        features=lambda wildcards: files.features(study, wildcards, "target"),
    output:
        csv="<results>/predictions/{source}-{target}/{method}.csv",
        json_lines="<results>/predictions/{source}-{target}/{method}.jsonl",
        parquet="<results>/predictions/{source}-{target}/{method}.parquet",
    log:
        "<logs>/predictions/{source}-{target}/{method}.log",
    benchmark:
        "<results>/benchmarks/predictions/{source}-{target}/{method}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=8000,
        runtime=120,
    params:
        modalities=lambda wildcards: files.run_modalities(study, wildcards),
        code=lambda wildcards: fingerprints.algorithms_code(
            "amanda.predict_clips", [study.methods[wildcards.method]]
        ),
    message:
        "Predicting every clip of {wildcards.target} with {wildcards.method} from {wildcards.source}"
    shell:
        "python -m amanda.predict_clips"
        " --model {input.model:q}"
        " --manifest {input.manifest:q}"
        " --modalities {params.modalities}"
        " --features {input.features:q}"
        " --csv {output.csv:q}"
        " --json-lines {output.json_lines:q}"
        " --parquet {output.parquet:q}"
        " --device auto"
        " --threads {threads}"
        " > {log:q} 2>&1"
