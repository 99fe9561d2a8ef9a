# Scores -> Table 1; manifests, labels and splits -> a census of the corpora.


rule tabulate:
    input:
        scores=expand(
            "results/scores/{pair}/{method}.parquet",
            pair=PAIRS,
            method=config["methods"],
        ),
        paper=f"{workflow.basedir}/workflow/resources/paper_table1.csv",
    output:
        table=report(
            "results/table1.csv", caption="../report/table1.rst", category="Table 1"
        ),
        markdown="results/table1.md",
    log:
        "logs/table1.log",
    benchmark:
        "results/benchmarks/table1.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=report_settings(),
        code=fingerprint("amanda.report"),
    message:
        "Tabulating the scores as Table 1"
    shell:
        "python -m amanda.report"
        " --scores {input.scores:q}"
        " --paper {input.paper:q}"
        " --settings {params.settings:q}"
        " --table {output.table:q}"
        " --markdown {output.markdown:q}"
        " > {log:q} 2>&1"


rule count_corpora:
    input:
        manifests=expand("results/manifests/{corpus}.parquet", corpus=USED_CORPORA),
        labels=expand("results/labels/{corpus}.parquet", corpus=USED_CORPORA),
        splits=expand("results/splits/{corpus}.parquet", corpus=USED_CORPORA),
    output:
        table="results/corpora.parquet",
        markdown=report(
            "results/corpora.md", caption="../report/corpora.rst", category="Corpora"
        ),
    log:
        "logs/corpora.log",
    benchmark:
        "results/benchmarks/corpora.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=census_settings(),
        code=fingerprint("extractors.census"),
    message:
        "Counting the clips of each corpus"
    shell:
        "python -m extractors.census"
        " --manifests {input.manifests:q}"
        " --labels {input.labels:q}"
        " --splits {input.splits:q}"
        " --settings {params.settings:q}"
        " --table {output.table:q}"
        " --markdown {output.markdown:q}"
        " > {log:q} 2>&1"


rule compare_recipes:
    input:
        scores=expand(
            "results/scores/{pair}/{flip}.parquet",
            pair=config["fidelity"]["pairs"],
            flip=FLIPS,
        ),
    output:
        table="results/fidelity.csv",
    log:
        "logs/fidelity.log",
    benchmark:
        "results/benchmarks/fidelity.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=fidelity_settings(),
        code=fingerprint("amanda.fidelity"),
    message:
        "Tabulating what each difference between the recipes does"
    shell:
        "python -m amanda.fidelity"
        " --scores {input.scores:q}"
        " --settings {params.settings:q}"
        " --table {output.table:q}"
        " > {log:q} 2>&1"
