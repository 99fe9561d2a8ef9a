# Corpora drawn from a formula, and the expected effects of methods on them: a test of the losses, only on request.
from planning import known_answer


wildcard_constraints:
    bed="|".join(config["known_answer"]["beds"]),
    drawn="|".join(config["known_answer"]["corpora"]),
    seed=r"\d+",


rule write_bed:
    output:
        features=multiext(
            "<results>/known_answer/corpora/{drawn}/{seed}/",
            *[
                f"{modality}.{end}"
                for modality in MODALITIES
                for end in ("parquet", "npy")
            ],
        ),
        splits="<results>/known_answer/corpora/{drawn}/{seed}/splits.parquet",
        labels="<results>/known_answer/corpora/{drawn}/{seed}/labels.parquet",
    log:
        "<logs>/known_answer/corpora/{drawn}/{seed}.log",
    benchmark:
        "<results>/benchmarks/known_answer/corpora/{drawn}/{seed}.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        folder=subpath(output.splits, parent=True),
        settings=lambda wildcards: known_answer.corpus(study, wildcards.drawn),
        code=fingerprint("amanda.write_bed"),
    message:
        "Drawing the corpus {wildcards.drawn} of the beds with a known answer, seed {wildcards.seed}"
    shell:
        "python -m amanda.write_bed"
        " --corpus {wildcards.drawn}"
        " --seed {wildcards.seed}"
        " --settings {params.settings:q}"
        " --folder {params.folder:q}"
        " > {log:q} 2>&1"


use rule train_pair as train_bed with:
    input:
        **{
            f"{side}_features": [
                f"<results>/known_answer/corpora/{{{side}}}/{{seed}}/{name}.parquet"
                for name in MODALITIES
            ]
            for side in ("source", "target")
        },
        **{
            f"{side}_splits": f"<results>/known_answer/corpora/{{{side}}}/{{seed}}/splits.parquet"
            for side in ("source", "target")
        },
        source_labels="<results>/known_answer/corpora/{source}/{seed}/labels.parquet",
    output:
        # No effect needs the weights.
        weights=[
            temp(directory(f"{folder}/weights")) for folder in known_answer.folders()
        ],
        history=[f"{folder}/history.parquet" for folder in known_answer.folders()],
        predictions=[
            f"{folder}/predictions.parquet" for folder in known_answer.folders()
        ],
        times=[f"{folder}/times.tsv" for folder in known_answer.folders()],
    log:
        "<logs>/known_answer/{source}-{target}/{bed}/{seed}.log",
    benchmark:
        "<results>/benchmarks/known_answer/{source}-{target}/{bed}/{seed}.tsv"
    wildcard_constraints:
        source="|".join(config["known_answer"]["corpora"]),
        target="|".join(config["known_answer"]["corpora"]),
    resources:
        gpu=1,
        mem_mb=4000,
        resident_mb=1000,
        steps="one_by_one",
        runtime=60,
    params:
        modalities=MODALITIES,
        algorithms=lambda wildcards: known_answer.algorithms(study, wildcards.bed),
        methods=lambda wildcards: known_answer.run_names(study, wildcards.bed),
        settings=lambda wildcards: known_answer.training(study, wildcards.bed),
        seeds="{seed}",
        code=lambda wildcards: known_answer.training_code(study, wildcards.bed),
    message:
        "Training both methods of the bed {wildcards.bed}, seed {wildcards.seed}"


use rule score_pair as score_bed with:
    input:
        predictions=[
            f"{folder}/predictions.parquet" for folder in known_answer.folders()
        ],
        source_labels="<results>/known_answer/corpora/{source}/{seed}/labels.parquet",
        source_splits="<results>/known_answer/corpora/{source}/{seed}/splits.parquet",
        target_labels="<results>/known_answer/corpora/{target}/{seed}/labels.parquet",
    output:
        scores=[f"{folder}/scores.parquet" for folder in known_answer.folders()],
        predictions=[f"{folder}/scored.parquet" for folder in known_answer.folders()],
    log:
        "<logs>/known_answer/{source}-{target}/{bed}/{seed}.scores.log",
    benchmark:
        "<results>/benchmarks/known_answer/{source}-{target}/{bed}/{seed}.scores.tsv"
    wildcard_constraints:
        source="|".join(config["known_answer"]["corpora"]),
        target="|".join(config["known_answer"]["corpora"]),
    params:
        methods=lambda wildcards: known_answer.run_names(study, wildcards.bed),
        settings=as_json({"split": "test"}),
    message:
        "Scoring both methods of the bed {wildcards.bed}, seed {wildcards.seed}"


rule judge_bed:
    input:
        scores=list(known_answer.scores(known_answer.all_beds(study))),
    output:
        table="<results>/known_answer.csv",
    log:
        "<logs>/known_answer.csv.log",
    benchmark:
        "<results>/benchmarks/known_answer.csv.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=2000,
        runtime=30,
    params:
        settings=known_answer.judging(study, known_answer.all_beds(study)),
        code=fingerprint("amanda.judge_bed"),
    message:
        "Computing the effect of each method on the beds with a known answer"
    shell:
        "python -m amanda.judge_bed"
        " --scores {input.scores:q}"
        " --settings {params.settings:q}"
        " --table {output.table:q}"
        " > {log:q} 2>&1"


# The table is made in any case; the page ends with an error if an effect is not as expected.
rule check_bed:
    input:
        table="<results>/known_answer.csv",
    output:
        page=report(
            "<results>/known_answer.md",
            caption="../report/known_answer.rst",
            category="Known answers",
        ),
    log:
        "<logs>/known_answer.log",
    benchmark:
        "<results>/benchmarks/known_answer.tsv"
    conda:
        "../../envs/report.yaml"
    threads: 1
    resources:
        mem_mb=1000,
        runtime=10,
    params:
        code=fingerprint("amanda.check_bed"),
    message:
        "Checking that each method does on the beds what it must"
    shell:
        "python -m amanda.check_bed"
        " --table {input.table:q}"
        " --page {output.page:q}"
        " > {log:q} 2>&1"


# The beds of `make demo`: a few of the beds on a few of the seeds.
use rule judge_bed as judge_controls with:
    input:
        scores=list(known_answer.scores(known_answer.controls(study))),
    output:
        table="<results>/controls.csv",
    log:
        "<logs>/controls.csv.log",
    benchmark:
        "<results>/benchmarks/controls.csv.tsv"
    params:
        settings=known_answer.judging(study, known_answer.controls(study)),
        code=fingerprint("amanda.judge_bed"),
    message:
        "Computing the effects of the demo's controls"


use rule check_bed as check_controls with:
    input:
        table="<results>/controls.csv",
    output:
        page="<results>/controls.md",
    log:
        "<logs>/controls.log",
    benchmark:
        "<results>/benchmarks/controls.tsv"
    message:
        "Checking that the demo's controls do what they must"
