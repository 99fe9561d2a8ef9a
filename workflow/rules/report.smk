# Scores and their comparisons -> Table 1 -> the page; manifests, labels and splits -> a census of the corpora.


rule tabulate:
    input:
        scores=files.of_cells(study, "<results>/scores/{pair}/{method}.parquet"),
        ceilings=files.ceilings(study),
        cells="<results>/statistics/cells.csv",
        comparisons="<results>/statistics/comparisons.csv",
        detectable="<results>/statistics/detectable.csv",
        corpora="<results>/corpora.parquet",
        states="<results>/states.parquet",
        paper=PAPER_TABLE,
    output:
        table=report(
            "<results>/table1.csv", caption="../report/table1.rst", category="Table 1"
        ),
        markdown="<results>/table1.md",
        latex="<results>/table1.tex",
        made="<results>/table1.json",
    log:
        "<logs>/table1.log",
    benchmark:
        "<results>/benchmarks/table1.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=programs.table1(study),
        code=fingerprint("amanda.tabulate"),
    message:
        "Tabulating the scores as Table 1"
    shell:
        "python -m amanda.tabulate"
        " --scores {input.scores:q}"
        " --ceilings {input.ceilings:q}"
        " --paper {input.paper:q}"
        " --cells {input.cells:q}"
        " --comparisons {input.comparisons:q}"
        " --detectable {input.detectable:q}"
        " --corpora {input.corpora:q}"
        " --states {input.states:q}"
        " --settings {params.settings:q}"
        ' --commit "$(git -C "$PYTHONPATH" describe --always --dirty 2> /dev/null || echo unknown)"'
        ' --date "$(date -u +%Y-%m-%d)"'
        " --table {output.table:q}"
        " --markdown {output.markdown:q}"
        " --latex {output.latex:q}"
        " --made {output.made:q}"
        " > {log:q} 2>&1"


rule count_corpora:
    input:
        manifests=expand("<results>/manifests/{corpus}.parquet", corpus=study.corpora),
        labels=expand("<results>/labels/{corpus}.parquet", corpus=study.corpora),
        splits=expand("<results>/splits/{corpus}.parquet", corpus=study.corpora),
    output:
        table="<results>/corpora.parquet",
        census="<results>/corpora.json",
        markdown=report(
            "<results>/corpora.md", caption="../report/corpora.rst", category="Corpora"
        ),
    log:
        "<logs>/corpora.log",
    benchmark:
        "<results>/benchmarks/corpora.tsv"
    conda:
        "../../envs/extract.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=programs.census(study),
        code=fingerprint("extractors.count_corpora"),
    message:
        "Counting the clips of each corpus"
    shell:
        "python -m extractors.count_corpora"
        " --manifests {input.manifests:q}"
        " --labels {input.labels:q}"
        " --splits {input.splits:q}"
        " --settings {params.settings:q}"
        " --table {output.table:q}"
        " --census {output.census:q}"
        " --markdown {output.markdown:q}"
        " > {log:q} 2>&1"


# Pages of quality and of faces are only linked, if someone made them.
rule write_page:
    input:
        table="<results>/table1.csv",
        markdown="<results>/table1.md",
        latex="<results>/table1.tex",
        cells="<results>/statistics/cells.csv",
        comparisons="<results>/statistics/comparisons.csv",
        ranks="<results>/statistics/ranks.csv",
        detectable="<results>/statistics/detectable.csv",
        corpora="<results>/corpora.parquet",
        states="<results>/states.parquet",
        census="<results>/corpora.json",
        scores=files.of_cells(study, "<results>/scores/{pair}/{method}.parquet"),
        predictions=files.of_cells(
            study, "<results>/scores/{pair}/{method}.predictions.parquet"
        ),
        histories=files.of_cells(
            study, "<results>/runs/{pair}/{method}/history.parquet"
        ),
        times=files.of_cells(study, "<results>/runs/{pair}/{method}/times.tsv"),
        figures=files.page_figures(study),
        contributions=files.page_contributions(study),
    output:
        page=report(
            "<results>/report.html", caption="../report/page.rst", category="The page"
        ),
        answer="<results>/answer.txt",
    log:
        "<logs>/report.log",
    benchmark:
        "<results>/benchmarks/report.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        quality=as_json(files.pages_there(study, "quality")),
        faces=as_json(files.pages_there(study, "faces")),
        settings=programs.page(study),
        config=as_json(config),
        code=fingerprint("amanda.write_page"),
    message:
        "Writing the page"
    shell:
        "python -m amanda.write_page"
        " --table {input.table:q}"
        " --markdown {input.markdown:q}"
        " --latex {input.latex:q}"
        " --cells {input.cells:q}"
        " --comparisons {input.comparisons:q}"
        " --ranks {input.ranks:q}"
        " --detectable {input.detectable:q}"
        " --corpora {input.corpora:q}"
        " --states {input.states:q}"
        " --census {input.census:q}"
        " --scores {input.scores:q}"
        " --predictions {input.predictions:q}"
        " --histories {input.histories:q}"
        " --times {input.times:q}"
        " --figures {input.figures:q}"
        " --contributions {input.contributions:q}"
        " --quality-pages {params.quality:q}"
        " --faces-pages {params.faces:q}"
        " --settings {params.settings:q}"
        " --config {params.config:q}"
        ' --commit "$(git -C "$PYTHONPATH" describe --always --dirty 2> /dev/null || echo unknown)"'
        ' --date "$(date -u +%Y-%m-%d)"'
        " --page {output.page:q}"
        " --answer {output.answer:q}"
        " > {log:q} 2>&1"
