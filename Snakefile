# From raw releases to Table 1: a table of contents. The rules follow the arrows of the data flow.
import os
from pathlib import Path

from snakemake.exceptions import WorkflowError
from snakemake.utils import min_version

min_version("9.27")

# The folder of this file, also where another workflow uses this one as a module.
try:
    REPOSITORY = Path(os.path.abspath(workflow.current_basedir))
except TypeError:
    raise WorkflowError(
        "amanda: the programs are Python packages beside the Snakefile, which a remote Snakefile does not bring; "
        "clone the repository and name the Snakefile of the clone by a local path"
    ) from None


include: "workflow/rules/config_files.smk"


configfile: REPOSITORY / "config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/synthetic.smk"
include: "workflow/rules/manifests.smk"
include: "workflow/rules/features.smk"
include: "workflow/rules/checks.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/contributions.smk"
include: "workflow/rules/sharing.smk"
include: "workflow/rules/predictions.smk"
include: "workflow/rules/comparisons.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/capsule.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/claims.smk"
include: "workflow/rules/known_answer.smk"


rule all:
    default_target: True
    input:
        "<results>/table1.csv",
        "<results>/table1.md",
        "<results>/table1.tex",
        "<results>/corpora.md",
        "<results>/report.html",
        files.predictions_wanted(study),


# Last, since it asks the rules above.
include: "workflow/rules/asked.smk"
