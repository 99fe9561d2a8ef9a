# From raw releases to Table 1: a table of contents. The rules follow the arrows of the data flow.
from snakemake.utils import min_version

min_version("9.27")


include: "workflow/rules/config_files.smk"


configfile: f"{workflow.basedir}/config.yaml"


include: "workflow/rules/common.smk"
include: "workflow/rules/data_common.smk"
include: "workflow/rules/outside_common.smk"
include: "workflow/rules/synthetic.smk"
include: "workflow/rules/manifests.smk"
include: "workflow/rules/features.smk"
include: "workflow/rules/training.smk"
include: "workflow/rules/contributions_common.smk"
include: "workflow/rules/contributions.smk"
include: "workflow/rules/report.smk"
include: "workflow/rules/capsule.smk"
include: "workflow/rules/figures_common.smk"
include: "workflow/rules/figures.smk"
include: "workflow/rules/claims_common.smk"
include: "workflow/rules/claims.smk"


rule all:
    default_target: True
    input:
        "results/table1.csv",
        "results/table1.md",
        "results/table1.tex",
        "results/corpora.md",
        "results/report.html",


# Last, since it asks the rules above.
include: "workflow/rules/asked_common.smk"
