# Scores, predictions, weights, settings and environments -> a zip to publish; made only on request.


# Weights are no input, so that a run whose weights were removed is not trained again.
rule pack_capsule:
    input:
        scores=files.of_cells(study, "<results>/scores/{pair}/{method}.parquet"),
        ceilings=files.ceilings(study),
        predictions=files.of_cells(
            study, "<results>/scores/{pair}/{method}.predictions.parquet"
        ),
        manifests=expand("<results>/manifests/{corpus}.parquet", corpus=study.corpora),
        labels=expand("<results>/labels/{corpus}.parquet", corpus=study.corpora),
        table="<results>/table1.csv",
        markdown="<results>/table1.md",
        latex="<results>/table1.tex",
        made="<results>/table1.json",
        cells="<results>/statistics/cells.csv",
        comparisons="<results>/statistics/comparisons.csv",
        ranks="<results>/statistics/ranks.csv",
        detectable="<results>/statistics/detectable.csv",
        corpora="<results>/corpora.parquet",
        states="<results>/states.parquet",
        paper=PAPER_TABLE,
        environments=files.environments(study),
    output:
        capsule="<results>/capsule.zip",
    log:
        "<logs>/capsule.log",
    benchmark:
        "<results>/benchmarks/capsule.tsv"
    conda:
        "../../envs/train.yaml"
    threads: 1
    resources:
        mem_mb=8000,
        runtime=60,
    params:
        weights=[
            study.placed(path) for path in files.all_cells(study, files.RUN_WEIGHTS)
        ],
        settings=programs.table1(study),
        methods=programs.capsule_methods(study),
        config=as_json(shareable(config)),
        code=fingerprints.algorithms_code("amanda.pack_capsule", study.table_methods),
    message:
        "Packing the capsule"
    shell:
        "python -m amanda.pack_capsule"
        " --scores {input.scores:q}"
        " --ceilings {input.ceilings:q}"
        " --predictions {input.predictions:q}"
        " --weights {params.weights:q}"
        " --manifests {input.manifests:q}"
        " --labels {input.labels:q}"
        " --environments {input.environments:q}"
        " --table {input.table:q}"
        " --markdown {input.markdown:q}"
        " --latex {input.latex:q}"
        " --made {input.made:q}"
        " --cells {input.cells:q}"
        " --comparisons {input.comparisons:q}"
        " --ranks {input.ranks:q}"
        " --detectable {input.detectable:q}"
        " --corpora {input.corpora:q}"
        " --states {input.states:q}"
        " --paper {input.paper:q}"
        " --settings {params.settings:q}"
        " --methods {params.methods:q}"
        " --config {params.config:q}"
        " --capsule {output.capsule:q}"
        " > {log:q} 2>&1"
