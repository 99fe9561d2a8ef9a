# Shared by every file of rules: the checked config, the study that it describes, and the wildcards.
from snakemake.settings.types import DeploymentMethod

from extractors.shared.clip import MODALITIES
from planning import (
    commands,
    digests,
    files,
    fingerprints,
    programs,
    sharing,
    unlabelled,
)
from planning.config.check import ConfigError, check
from extractors.shared.fingerprint import fingerprint
from planning.programs import as_json
from planning.shareable import shareable
from planning.study import Study

try:
    check(config, workflow.configfiles)
    study = Study(config, REPOSITORY)
    unlabelled.check(study)
except ConfigError as error:
    raise WorkflowError(str(error)) from None


# The folders that replace <results> and <logs> in the rules. A named run has its own folders.
pathvars:
    results=study.results,
    logs=study.logs,


PAPER_TABLE = files.of_repository(study, "workflow/resources/paper_table1.csv")

# The programs are run as modules of this repository, from any working directory and in any conda environment.
shell.prefix(
    commands.prefix(
        REPOSITORY,
        DeploymentMethod.CONDA in workflow.deployment_settings.deployment_method,
    )
)


wildcard_constraints:
    corpus="|".join(config["corpora"]),
    source="|".join(config["corpora"]),
    target="|".join(config["corpora"]),
    modality="|".join(MODALITIES),
    method="|".join(study.methods),
    shard=r"\d+-of-\d+",
