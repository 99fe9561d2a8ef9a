# A shared model and the features of its target -> what it says of each clip. No label is read.


rule predict_clips:
    input:
        model="results/models/{source}-{target}/{method}",
        manifest="results/manifests/{target}.parquet",
        features=lambda wildcards: files.features(study, wildcards, "target"),
    output:
        csv="results/predictions/{source}-{target}/{method}.csv",
        json_lines="results/predictions/{source}-{target}/{method}.jsonl",
        parquet="results/predictions/{source}-{target}/{method}.parquet",
    log:
        "logs/predictions/{source}-{target}/{method}.log",
    benchmark:
        "results/benchmarks/predictions/{source}-{target}/{method}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=8000,
        runtime=120,
    params:
        modalities=lambda wildcards: files.run_modalities(study, wildcards),
        code=lambda wildcards: programs.algorithms_code(
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
