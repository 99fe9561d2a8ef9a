# Scores -> differences that are larger than noise: between methods, recipes, and the domains of each pair.


rule compare_methods:
    input:
        predictions=files.of_cells(
            study, "<results>/scores/{pair}/{method}.predictions.parquet"
        ),
    output:
        cells="<results>/statistics/cells.csv",
        comparisons=report(
            "<results>/statistics/comparisons.csv",
            caption="../report/comparisons.rst",
            category="Comparisons",
        ),
        ranks=report(
            "<results>/statistics/ranks.csv",
            caption="../report/ranks.rst",
            category="Comparisons",
        ),
        detectable="<results>/statistics/detectable.csv",
    log:
        "<logs>/statistics.log",
    benchmark:
        "<results>/benchmarks/statistics.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=4000,
        runtime=30,
    params:
        settings=programs.statistics(study),
        code=fingerprint("amanda.compare_methods"),
    message:
        "Comparing the methods"
    shell:
        "python -m amanda.compare_methods"
        " --predictions {input.predictions:q}"
        " --settings {params.settings:q}"
        " --cells {output.cells:q}"
        " --comparisons {output.comparisons:q}"
        " --ranks {output.ranks:q}"
        " --detectable {output.detectable:q}"
        " > {log:q} 2>&1"


rule compare_recipes:
    input:
        scores=expand(
            "<results>/scores/{pair}/{flip}.parquet",
            pair=config["recipe_differences"]["pairs"],
            flip=study.flips,
        ),
    output:
        table="<results>/recipes.csv",
    log:
        "<logs>/recipes.log",
    benchmark:
        "<results>/benchmarks/recipes.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=programs.recipes(study),
        code=fingerprint("amanda.compare_recipes"),
    message:
        "Tabulating what each difference between the recipes does"
    shell:
        "python -m amanda.compare_recipes"
        " --scores {input.scores:q}"
        " --settings {params.settings:q}"
        " --table {output.table:q}"
        " > {log:q} 2>&1"


# Only on request, because it needs runs that Table 1 may not have.
rule tabulate_shift:
    input:
        predictions=files.filled(
            "<results>/scores/{pair}/{method}.predictions.parquet",
            study.scored_pairs,
            [config["in_domain"]["method"]],
        ),
        histories=files.filled(
            files.RUN_HISTORY, study.scored_pairs, [config["in_domain"]["method"]]
        ),
    output:
        table="<results>/shift.csv",
        page="<results>/shift.md",
    log:
        "<logs>/shift.log",
    benchmark:
        "<results>/benchmarks/shift.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=programs.shift(study),
        code=fingerprint("amanda.tabulate_shift"),
    message:
        "Tabulating how the domains of each pair differ"
    shell:
        "python -m amanda.tabulate_shift"
        " --predictions {input.predictions:q}"
        " --histories {input.histories:q}"
        " --settings {params.settings:q}"
        " --table {output.table:q}"
        " --page {output.page:q}"
        " > {log:q} 2>&1"
