# The files of the config as they were typed, looked at before any of them is used.
import sys

from snakemake.exceptions import WorkflowError

sys.path[:0] = [f"{workflow.basedir}/workflow", str(workflow.basedir)]
import config_files

try:
    config_files.check_files([f"{workflow.basedir}/config.yaml", *workflow.configfiles])
except config_files.ConfigFileError as error:
    raise WorkflowError(str(error)) from None
