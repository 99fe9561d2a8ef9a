# A shared model and the features of its target -> what it says of each clip. No label is read.


rule predict_clips:
    input:
        model="<results>/models/{source}-{target}/{method}",
        manifest="<results>/manifests/{target}.parquet",
        text="<results>/features/{target}/text.parquet",
        audio="<results>/features/{target}/audio.parquet",
        visual="<results>/features/{target}/visual.parquet",
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
        code=lambda wildcards: programs.algorithms_code(
            "amanda.predict_clips", [study.methods[wildcards.method]]
        ),
    message:
        "Predicting every clip of {wildcards.target} with {wildcards.method} from {wildcards.source}"
    shell:
        "python -m amanda.predict_clips"
        " --model {input.model:q}"
        " --manifest {input.manifest:q}"
        " --text {input.text:q}"
        " --audio {input.audio:q}"
        " --visual {input.visual:q}"
        " --csv {output.csv:q}"
        " --json-lines {output.json_lines:q}"
        " --parquet {output.parquet:q}"
        " --device auto"
        " --threads {threads}"
        " > {log:q} 2>&1"
