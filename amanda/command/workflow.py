"""Commands that are targets of the workflow, run in the repository's folder."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from amanda.command.models import DEFAULT
from extractors.shared.files import atomic_folder
from extractors.shared.program import UserError

RUNNER = Path("workflow/resume.sh")
"""The command that starts Snakemake in a folder and continues an interrupted run."""


def run_demo(model_only: bool, cores: int) -> None:
    """Make the demo's model and, unless only the model is wanted, all results.

    Raises:
        UserError: the working directory is not the repository, or Snakemake is not installed.
        SystemExit: the workflow failed; its message is on stderr.
    """
    run_targets([DEFAULT.as_posix()] if model_only else ["all", DEFAULT.as_posix()], cores)


def share(run: Path, folder: Path, config: Path | None, cores: int) -> None:
    """Make the model folder of a run of the workflow, and copy it.

    Args:
        run: ``results/runs/{source}-{target}/{method}``, or the same below ``runs/{name}`` for a config with that name.
        folder: the path of the new model folder; it must not exist.
        config: the config that overrides the shipped one, if any.
        cores: number of processor cores to use.

    Raises:
        UserError: the path is not a run, or the folder exists; and as in :func:`run_demo`.
        SystemExit: the workflow failed; its message is on stderr.
    """
    results = run.parent.parent.parent
    if run.parts[-3:-2] != ("runs",) or results.parts[:1] not in (("results",), ("runs",)):
        raise UserError(f"{run}: not a run; name one such as results/runs/iemocap-msp_improv/amanda_p2")
    if folder.exists():
        raise UserError(f"{folder}: exists already; name a new folder, or remove this one")
    model = results.joinpath("models", *run.parts[-2:])
    run_targets([model.as_posix()], cores, config)
    with atomic_folder(folder) as temporary:
        shutil.copytree(model, temporary, dirs_exist_ok=True)


def run_targets(targets: Sequence[str], cores: int, config: Path | None = None) -> None:
    """Make some targets with the workflow; a config, if given, overrides the shipped one; see :func:`run_demo`."""
    if not (RUNNER.is_file() and Path("Snakefile").is_file()):
        raise UserError(f"{Path.cwd()}: no Snakefile here; change to the folder of the repository and run it there")
    if shutil.which("snakemake") is None:
        raise UserError("snakemake: not installed; run `make install`, then `source .venv/bin/activate`")
    laid_over = ["--configfile", str(config)] if config else []
    command = [str(RUNNER), *targets, "--cores", str(cores), "--resources", f"gpu={cores}", *laid_over]
    done = subprocess.run(command, check=False)
    if done.returncode:
        raise SystemExit(done.returncode)
