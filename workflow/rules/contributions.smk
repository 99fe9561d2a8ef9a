# Weights and features -> the contribution of each modality to the scores, without any training.


rule leave_out:
    input:
        features=lambda wildcards: files.features(study, wildcards, "target"),
        splits="<results>/splits/{target}.parquet",
        weights=lambda wildcards: files.weights_on(
            study, f"{wildcards.source}-{wildcards.target}"
        ),
    output:
        predictions="<results>/left_out/{source}-{target}.parquet",
    log:
        "<logs>/left_out/{source}-{target}.log",
    benchmark:
        "<results>/benchmarks/left_out/{source}-{target}.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        gpu=1,
        mem_mb=16000,
        resident_mb=6000,
        runtime=120,
    params:
        modalities=lambda wildcards: files.run_modalities(study, wildcards),
        missing_modality=config["missing_modality"],
        seeds=config["seeds"],
        settings=programs.leaving_out(study),
        code=fingerprints.algorithms_code("amanda.leave_out", study.table_methods),
    message:
        "Leaving each modality out on {wildcards.source} -> {wildcards.target}"
    shell:
        "python -m amanda.leave_out"
        " --modalities {params.modalities}"
        " --missing-modality {params.missing_modality}"
        " --target-features {input.features:q}"
        " --target-splits {input.splits:q}"
        " --weights {input.weights:q}"
        " --seeds {params.seeds}"
        " --settings {params.settings:q}"
        " --predictions {output.predictions:q}"
        " --resident-mb {resources.resident_mb}"
        " --device auto"
        " --threads {threads}"
        " > {log:q} 2>&1"


rule tabulate_contributions:
    input:
        left_out=files.predictions_without(study),
        predictions=files.of_cells(
            study, "<results>/scores/{pair}/{method}.predictions.parquet"
        ),
    output:
        table=report(
            "<results>/contributions.csv",
            caption="../report/contributions.rst",
            category="Modalities",
        ),
    log:
        "<logs>/contributions.log",
    benchmark:
        "<results>/benchmarks/contributions.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        settings=programs.contributions(study),
        code=fingerprint("amanda.tabulate_contributions"),
    message:
        "Tabulating what each modality contributes"
    shell:
        "python -m amanda.tabulate_contributions"
        " --left-out {input.left_out:q}"
        " --predictions {input.predictions:q}"
        " --settings {params.settings:q}"
        " --table {output.table:q}"
        " > {log:q} 2>&1"
