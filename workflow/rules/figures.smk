# Runs and their scores -> Figures 2 and 3, only on request. Figure 2 needs sweeps too, one job per pair and method.
from planning.methods import sweep

SWEEP_FOLDERS = files.sweep_folders(study)


use rule train_pair as train_sweep with:
    output:
        # No figure reads the weights, and those of a whole grid would fill a disk.
        weights=[temp(directory(f"{folder}/weights")) for folder in SWEEP_FOLDERS],
        history=[f"{folder}/history.parquet" for folder in SWEEP_FOLDERS],
        predictions=[f"{folder}/predictions.parquet" for folder in SWEEP_FOLDERS],
        times=[f"{folder}/times.tsv" for folder in SWEEP_FOLDERS],
    log:
        "<logs>/sweeps/{source}-{target}/{method}.log",
    benchmark:
        "<results>/benchmarks/sweeps/{source}-{target}/{method}.tsv"
    resources:
        gpu=1,
        mem_mb=16000,
        resident_mb=6000,
        steps="one_by_one",
        runtime=2880,
    params:
        algorithms=lambda wildcards: [
            method["algorithm"] for method in sweep(config, wildcards.method).values()
        ],
        methods=lambda wildcards: list(sweep(config, wildcards.method)),
        settings=lambda wildcards: programs.training(
            study, wildcards, sweep(config, wildcards.method)
        ),
    message:
        "Training {wildcards.method} on {wildcards.source} -> {wildcards.target} with each alpha2, every seed"


use rule score_pair as score_sweep with:
    input:
        predictions=[f"{folder}/predictions.parquet" for folder in SWEEP_FOLDERS],
        source_labels="<results>/labels/{source}.parquet",
        source_splits="<results>/splits/{source}.parquet",
        target_labels="<results>/labels/{target}.parquet",
    output:
        scores=[f"{folder}/scores.parquet" for folder in SWEEP_FOLDERS],
        predictions=[f"{folder}/scored.parquet" for folder in SWEEP_FOLDERS],
    log:
        "<logs>/sweeps/{source}-{target}/{method}.scores.log",
    benchmark:
        "<results>/benchmarks/sweeps/{source}-{target}/{method}.scores.tsv"
    params:
        methods=lambda wildcards: list(sweep(config, wildcards.method)),
    message:
        "Scoring {wildcards.method} on {wildcards.source} -> {wildcards.target} with each alpha2"


rule draw_figure2:
    input:
        scores=files.figure2_scores(study),
    output:
        svg=report(
            "<results>/figure2.svg",
            caption="../report/figure2.rst",
            category="Figures",
        ),
        pdf="<results>/figure2.pdf",
        png="<results>/figure2.png",
        table="<results>/figure2.csv",
        caption="<results>/figure2.md",
    log:
        "<logs>/figure2.log",
    benchmark:
        "<results>/benchmarks/figure2.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=programs.figure2(study),
        code=fingerprint("amanda.draw_figure2"),
    message:
        "Drawing Figure 2: scores against alpha2"
    shell:
        "python -m amanda.draw_figure2"
        " --scores {input.scores:q}"
        " --settings {params.settings:q}"
        " --pictures {output.svg:q} {output.pdf:q} {output.png:q}"
        " --table {output.table:q}"
        " --caption {output.caption:q}"
        " > {log:q} 2>&1"


rule draw_figure3:
    input:
        histories=files.figure3_histories(study),
    output:
        svg=report(
            "<results>/figure3.svg",
            caption="../report/figure3.rst",
            category="Figures",
        ),
        pdf="<results>/figure3.pdf",
        png="<results>/figure3.png",
        table="<results>/figure3.csv",
        caption="<results>/figure3.md",
    log:
        "<logs>/figure3.log",
    benchmark:
        "<results>/benchmarks/figure3.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=programs.figure3(study),
        code=fingerprint("amanda.draw_figure3"),
    message:
        "Drawing Figure 3: whose alignment loss is how large"
    shell:
        "python -m amanda.draw_figure3"
        " --histories {input.histories:q}"
        " --settings {params.settings:q}"
        " --pictures {output.svg:q} {output.pdf:q} {output.png:q}"
        " --table {output.table:q}"
        " --caption {output.caption:q}"
        " > {log:q} 2>&1"
