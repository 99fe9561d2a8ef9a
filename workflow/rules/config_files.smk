# Read before the config itself: its files as they were typed, where YAML would keep silent.
import sys

from snakemake.exceptions import WorkflowError

sys.path[:0] = [f"{workflow.basedir}/workflow", str(workflow.basedir)]
from planning.config import files as config_files

try:
    config_files.check_files(
        [f"{workflow.basedir}/config.yaml", *workflow.config_settings.configfiles]
    )
except config_files.ConfigFileError as error:
    raise WorkflowError(str(error)) from None
