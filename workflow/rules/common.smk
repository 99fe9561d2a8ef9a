# Shared by every file of rules: the checked config, the wildcards, and the few functions that read settings.
import json
import os
import shlex

from planning.config import check as checked_config
from extractors.modalities import EXTRACTORS
from extractors.shared.clip import MODALITIES
from planning.fingerprint import fingerprint
from planning.rows import complete_settings, flips
from planning.shareable import shareable

try:
    checked_config.check(config, workflow.configfiles)
except checked_config.ConfigError as error:
    raise WorkflowError(str(error)) from None


def corpora_of(pairs):
    return sorted({corpus for pair in pairs for corpus in pair.split("-")})


def of_repository(name):
    """A file of this repository, which may be moved together with its results: a new name would make them again."""
    at_home = os.path.samefile(workflow.basedir, os.curdir)
    return name if at_home else f"{workflow.basedir}/{name}"


SYNTHETIC = config["releases"] == "synthetic"
SHARDS = config["synthetic"]["shards"] if SYNTHETIC else config["extraction"]["shards"]
SHARD_NAMES = [f"{k}-of-{SHARDS}" for k in range(1, SHARDS + 1)]
PAIRS = checked_config.pairs(config)
USED_CORPORA = corpora_of(PAIRS)
FLIPS = flips(config)
ROWS = config["method_settings"] | FLIPS
ENVIRONMENTS = [
    *(of_repository(f"envs/{name}.yaml") for name in ("extract", "train", "report")),
    of_repository("requirements.lock"),
]
PAPER_TABLE = of_repository("workflow/resources/paper_table1.csv")

# The programs are run as modules of this repository, from any working directory and in any conda environment.
shell.prefix(
    f"set -euo pipefail; export PYTHONPATH={shlex.quote(str(workflow.basedir))}; "
)


wildcard_constraints:
    corpus="|".join(config["corpora"]),
    source="|".join(config["corpora"]),
    target="|".join(config["corpora"]),
    modality="|".join(MODALITIES),
    method="|".join(ROWS),
    shard=r"\d+-of-\d+",


def as_json(settings):
    """Settings as one flag of a program: a change of any of them, and of nothing else, reruns the step."""
    return json.dumps(settings, sort_keys=True)


def has_twin(corpus):
    return SYNTHETIC and corpus in checked_config.CORPORA


def twin_release(wildcards):
    """The twin that a corpus is read from, as an input to be made first; no other release is made here."""
    return (
        f"results/synthetic/releases/{wildcards.corpus}"
        if has_twin(wildcards.corpus)
        else []
    )


def release_folder(wildcards):
    return twin_release(wildcards) or config["corpora"][wildcards.corpus]["release"]


def expected_counts(wildcards):
    corpus = wildcards.corpus
    return as_json(
        config["synthetic"]["clips"]
        if has_twin(corpus)
        else config["corpora"][corpus]["expected_counts"]
    )


def reading_rules(wildcards):
    return as_json(config["corpora"][wildcards.corpus]["rules"])


def split_rule(wildcards):
    return as_json(config["corpora"][wildcards.corpus]["split"])


def synthetic_backbone(wildcards):
    return f"results/synthetic/backbones/{wildcards.modality}" if SYNTHETIC else []


def synthetic_backbone_code(wildcards):
    return fingerprint(
        "extractors.write_backbone",
        f"extractors.synthetic.backbone_{wildcards.modality}",
    )


def backbone(wildcards):
    return (
        synthetic_backbone(wildcards)
        or config["extraction"][wildcards.modality]["backbone"]
    )


def settings_of_extraction(modality):
    settings = dict(config["extraction"][modality])
    if SYNTHETIC:
        settings |= config["synthetic"]["extraction"][modality]
    return settings


def extraction_settings(wildcards):
    settings = settings_of_extraction(wildcards.modality)
    del settings["backbone"]
    if wildcards.modality == "visual":
        policies = settings["face_policy"]
        settings["face_policy"] = policies.get(wildcards.corpus, policies["default"])
    return as_json(settings)


def gallery_settings():
    return as_json(
        config["gallery"] | {"frames": settings_of_extraction("visual")["frames"]}
    )


def extractor_code(program):
    """The digest of a program and of the extractor that it imports for the modality."""
    return lambda wildcards: fingerprint(program, EXTRACTORS[wildcards.modality][0])


def training_settings(wildcards):
    recipe = "paper" if wildcards.method in FLIPS else config["recipe"]
    return as_json(complete_settings(config, recipe, ROWS[wildcards.method]))


def method_class(wildcards):
    return ROWS[wildcards.method]["method"]


def fidelity_settings():
    base = config["fidelity"]["method"]
    row = config["method_settings"][base]
    return as_json(
        {key: config["fidelity"][key] for key in ("pairs", "method")}
        | {"selection": config["selection"]}
        | releases_of(config["fidelity"]["pairs"])
        | {"paper": complete_settings(config, "paper", row)}
        | {"flips": {name: flip["flipped"] for name, flip in FLIPS.items()}}
    )


def of_runs(pattern):
    """The files of the runs that Table 1 is made of."""
    return as_missing_runs_says(all_runs(pattern))


def as_missing_runs_says(wanted):
    """All files, or those that are there, at least one."""
    if config["report"]["missing_runs"] == "refuse":
        return wanted
    return there(wanted) or wanted[:1]


def all_runs(pattern):
    return expand(pattern, pair=PAIRS, method=config["methods"])


def there(paths):
    """Those that someone made."""
    return [path for path in paths if os.path.exists(path)]


def page_figures():
    """The figures on the page: both, or Figure 3 if the runs that Table 1 is made of suffice for it."""
    if config["page"]["figures"] == "all":
        return ["figure2", "figure3"]
    of_table = of_runs("results/runs/{pair}/{method}/history.parquet")
    return ["figure3"] if set(figure3_histories()) <= set(of_table) else []


def figure3_histories():
    wanted = "results/runs/{pair}/{method}/history.parquet"
    shown = config["figure3"]
    return as_missing_runs_says(
        expand(wanted, pair=shown["pair"], method=shown["methods"])
    )


def labels_of(methods):
    """What the methods are called where they are shown; another row's label reruns nothing."""
    return {name: config["method_settings"][name]["label"] for name in methods}


def runs_of_table():
    """What Table 1 and the statistics are made of; both say which runs of these are not there."""
    keys = ("selection", "seeds", "methods", "recipe")
    return (
        {key: config[key] for key in keys}
        | {"pairs": PAIRS, "missing_runs": config["report"]["missing_runs"]}
        | releases_of(PAIRS)
        | config["statistics"]
    )


def significance_settings():
    return as_json(runs_of_table())


def report_settings():
    return as_json(
        runs_of_table()
        | config["report"]
        | config["scoring"]
        | {
            "corpora": {
                corpus: shareable(
                    {key: config["corpora"][corpus][key] for key in ("rules", "split")}
                )
                for corpus in USED_CORPORA
            },
            "labels": labels_of(config["methods"]),
        }
    )


def capsule_methods():
    """Every setting that the methods of Table 1 are trained with."""
    rows = {name: config["method_settings"][name] for name in config["methods"]}
    recipe = config["recipe"]
    return as_json(
        {
            name: row | {"settings": complete_settings(config, recipe, row)}
            for name, row in rows.items()
        }
    )


def census_settings():
    return as_json(
        {
            corpus: {key: config["corpora"][corpus][key] for key in ("rules", "split")}
            | {"synthetic": has_twin(corpus)}
            for corpus in USED_CORPORA
        }
    )
