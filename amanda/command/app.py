"""The command ``amanda``: its subcommands, their options and help. Whatever computes is imported when it is needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from extractors.shared.program import run

UNANSWERED = 3
"""The exit code of ``amanda predict`` where a clip has no answer.

1 is a mistake that a sentence names, 2 a wrong option.
"""

app = typer.Typer(
    name="amanda",
    no_args_is_help=True,
    rich_markup_mode="markdown",
    pretty_exceptions_enable=False,
    help="Recognise emotions in video clips with models that were trained on one corpus and adapted to another.\n\n"
    "Begin with `amanda demo`, which trains a model on generated clips, then run `amanda predict video.mp4`.",
)


@app.callback()
def about() -> None:
    """Keep subcommands subcommands, even while there is one alone."""


ModelAndClips = Annotated[
    list[Path],
    typer.Argument(
        metavar="[MODEL] CLIPS...",
        help="A model folder (without one the demo's model is used), then videos, sounds, folders, or CSV tables with a"
        " column `video`.",
    ),
]
Backbones = Annotated[
    list[str] | None,
    typer.Option(help="Where a network lies that features are made with: `visual=weights/APViT.pth`. Repeatable."),
]
Device = Annotated[str, typer.Option(help="auto, cpu, cuda or cuda:k.")]
Cores = Annotated[int, typer.Option(min=1, help="Processor cores to use.")]
Words = Annotated[
    str, typer.Option(help="The words of a single clip. Otherwise they are read from CLIP.txt, .srt or .vtt.")
]
Segmented = Annotated[
    bool, typer.Option("--segment", help="Long recordings: find the speech, and answer for each segment of it.")
]
Recogniser = Annotated[
    str, typer.Option(help="Write down the words of clips without any: a folder of Whisper, or its id on the hub.")
]
Answers = Annotated[
    Path, typer.Option(help="Folder of the answers. Run again into the same folder, and finished clips are kept.")
]
Adapted = Annotated[Path, typer.Option(help="Folder of the adapted model, its answers, and what changed.")]
Expected = Annotated[
    str, typer.Option(help="Shares of the emotions in your recordings, if you know them: `neutral=.7,angry=.1`.")
]
Labelled = Annotated[
    Path | None, typer.Option(help="Table with clip_id and label of 10 to 50 random clips, instead of shares.")
]
Checked = Annotated[Path | None, typer.Option(help="Table with clip_id and label of clips to check the change with.")]
Trained = Annotated[bool, typer.Option("--train", help="Train the encoders, too; the heads stay as they are.")]
Forced = Annotated[bool, typer.Option("--force", help="Change the model even where evidence speaks against it.")]
Config = Annotated[Path, typer.Option(help="Config with a section `adaptation`.")]


@app.command()
def predict(
    arguments: ModelAndClips,
    text: Words = "",
    segment: Segmented = False,
    transcribe: Recogniser = "",
    output: Answers = Path("predictions"),
    backbone: Backbones = None,
    device: Device = "auto",
) -> None:
    """Say which emotion each clip shows, how sure the model is, and what words, voice and face say by themselves.

    `amanda predict talk.mp4 --text "I am fine"` asks the demo's model about one video.

    `amanda predict my_model recordings/` asks a shared model about every video and sound of a folder.

    `amanda predict interview.mp4 --segment` finds the speech in a long recording and answers for each segment.

    Where words, voice or face are missing, the others vote, and the answer says so. The answers are a table here, and
    answers.csv, .jsonl, .parquet and .html in the output folder; for parts of recordings, `timelines` holds subtitles
    (.vtt) and files of ELAN (.eaf). The exit code is 3 if a clip has no answer.
    """
    from rich.console import Console

    from amanda.command.models import parse_backbones, read_record, split_arguments
    from amanda.command.predict import Asked, answered, warning_of
    from amanda.command.predict import predict as answer
    from amanda.command.terminal import show_answers

    model, clips = split_arguments(arguments)
    answers = answer(Asked(model, clips, text, segment, transcribe, output, parse_backbones(backbone or []), device))
    show_answers(answers, warning_of(read_record(model)), Console())
    sys.stdout.write(f"\nThe page: {output / 'answers.html'}\n")
    if answered(answers) < len(answers):
        raise typer.Exit(UNANSWERED)


@app.command()
def adapt(
    arguments: ModelAndClips,
    output: Adapted = Path("adapted"),
    expect: Expected = "",
    labelled: Labelled = None,
    check: Checked = None,
    segment: Segmented = False,
    transcribe: Recogniser = "",
    train: Trained = False,
    force: Forced = False,
    backbone: Backbones = None,
    config: Config = Path("config.yaml"),
    device: Device = "auto",
) -> None:
    """Adapt a model to your recordings without labels, and without any clip of the corpus that it was trained on.

    `amanda adapt my_model recordings/ --expect neutral=.7,angry=.1` writes an adapted model to `adapted/model`, which
    `amanda predict adapted/model` then takes. Where the evidence speaks against a change, nothing is changed, and you
    are told why. Name speakers in a table of clips (column `speaker`), and they are standardised first.
    """
    from rich.console import Console

    from amanda.command.adapt import Wishes, story
    from amanda.command.adapt import adapt as change
    from amanda.command.models import parse_backbones, read_record, split_arguments
    from amanda.command.predict import Asked, warning_of
    from amanda.command.terminal import show_answers

    model, clips = split_arguments(arguments)
    asked = Asked(model, clips, "", segment, transcribe, output, parse_backbones(backbone or []), device)
    changes, answers = change(asked, Wishes(expect, labelled, check, train, force, config))
    show_answers(answers, warning_of(read_record(model)), Console())
    sys.stdout.write("\n" + "\n".join(story(changes)) + f"\n\nThe model: {output / 'model'}\n")
    sys.stdout.write(f"The page of what changed: {output / 'changes.html'}\n")


@app.command()
def share(
    run: Annotated[Path, typer.Argument(help="A run of the workflow: results/runs/SOURCE-TARGET/METHOD.")],
    folder: Annotated[Path, typer.Argument(help="Where the model folder goes; it must not be there yet.")],
    cores: Cores = 2,
) -> None:
    """Make a model folder that others can load, and that holds no clip. Run it in the repository.

    `amanda share results/runs/iemocap-msp_improv/amanda_p2 my_model`
    """
    from amanda.command.workflow import share as make

    make(run, folder, cores)


@app.command()
def demo(
    model_only: Annotated[
        bool, typer.Option("--model-only", help="Only what the model needs: one pair of corpora and one method.")
    ] = False,
    cores: Cores = 2,
) -> None:
    """Train a model on generated clips, to see the program at work without any licence. Run it in the repository.

    Everything takes about 20 minutes on two cores and ends with a page of results; the model alone takes a few minutes.
    What is finished is kept, so it can be interrupted and started again.
    """
    from amanda.command.workflow import run_demo

    run_demo(model_only, cores)


def main() -> None:
    """Run the command; a mistake of the person is one sentence and exit code 1."""
    run(lambda: app(prog_name="amanda"))
