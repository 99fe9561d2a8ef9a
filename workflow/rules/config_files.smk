# Before the config itself is read, its files are checked for mistakes that YAML does not report.
import sys

sys.path[:0] = [str(REPOSITORY / "workflow"), str(REPOSITORY)]
from planning.config.files import ConfigFileError, check_files

try:
    check_files([REPOSITORY / "config.yaml", *workflow.config_settings.configfiles])
except ConfigFileError as error:
    raise WorkflowError(str(error)) from None
