"""The command ``amanda``: its subcommands, their options and help. Whatever computes is imported when it is needed."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from extractors.shared.program import run

UNANSWERED = 3
"""The exit code of ``amanda predict`` if a clip has no answer.

1 is the exit code for a mistake that a message describes, 2 for a wrong option.
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
    """Make typer treat subcommands as such, even if there is only one."""


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
    typer.Option(help="Path of a network for the features, such as `visual=weights/APViT.pth`. Repeatable."),
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
Checked = Annotated[Path | None, typer.Option(help="Table with clip_id and label of clips that check the change.")]
Trained = Annotated[bool, typer.Option("--train", help="Train the encoders too; the heads are not changed.")]
Forced = Annotated[bool, typer.Option("--force", help="Change the model even if the evidence speaks against it.")]
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
    """Predict the emotion of each clip, its probability, and the separate votes of words, voice and face.

    `amanda predict talk.mp4 --text "I am fine"` asks the demo's model about one video.

    `amanda predict my_model recordings/` asks a shared model about every video and sound of a folder.

    `amanda predict interview.mp4 --segment` finds the speech in a long recording and answers for each segment.

    If words, voice or face are missing, the others vote, and the answer says so. The answers are shown as a table and
    written to answers.csv, .jsonl, .parquet and .html in the output folder. For parts of recordings, the folder
    `timelines` has subtitles (.vtt) and files of ELAN (.eaf). The exit code is 3 if a clip has no answer.
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
    `amanda predict adapted/model` can use. If the evidence speaks against a change, nothing is changed, and the reason
    is shown. If a table of clips names the speakers (column `speaker`), they are standardised first.
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
def corpus(
    folder: Annotated[Path, typer.Argument(help="The folder of your media; a table of clips is written into it.")],
    out: Annotated[str, typer.Option(help="A name for the corpus: small letters, digits and _.")],
    pattern: Annotated[
        str,
        typer.Option(
            help="What the names of the files tell: `{label}`, `{speaker}`, `{session}`, `{dialogue}`, `{split}`, and"
            " `*` for the rest, without the ending; `{label:1}` takes one character."
        ),
    ] = "",
    classes: Annotated[str, typer.Option(help="The classes of your study.")] = "neutral,happy,sad,angry",
    labels: Annotated[str, typer.Option(help="The class of each label: `03=happy,05=angry,07=other`.")] = "",
    cues: Annotated[bool, typer.Option("--cues", help="Each subtitle of the .srt or .vtt is a clip.")] = False,
    replace: Annotated[bool, typer.Option("--replace", help="Write over a table and a config that are there.")] = False,
) -> None:
    """Make a corpus of a folder of videos or sounds: its table, the lines of a config, and a page that shows clips.

    `amanda corpus recordings --out my_lab --pattern "{label}/{speaker}_*"` takes emotions from the folders' names.

    Words are read from the .txt, .srt or .vtt beside each file. Files whose name does not fit are named on the page,
    and are not in the table. Without a pattern nothing has a label: a target for adaptation.
    """
    from amanda.command.corpus import Folder, make_corpus, parse_classes, parse_labels

    named = parse_classes(classes)
    made = make_corpus(Folder(folder, out, pattern, named, parse_labels(labels, named), cues, replace))
    sys.stdout.write("\n".join(made) + "\n")


@app.command()
def share(
    run: Annotated[Path, typer.Argument(help="A run of the workflow: results/runs/SOURCE-TARGET/METHOD.")],
    folder: Annotated[Path, typer.Argument(help="Where the model folder goes; it must not be there yet.")],
    config: Annotated[Path | None, typer.Option(help="The config of the run, if it was not the shipped one.")] = None,
    cores: Cores = 2,
) -> None:
    """Make a model folder that others can load and that contains no clip. Run it in the repository.

    `amanda share results/runs/iemocap-msp_improv/amanda_p2 my_model`

    `amanda share runs/mine/runs/iemocap-my_lab/dann my_model --config my_lab.yaml`
    """
    from amanda.command.workflow import share as make

    make(run, folder, config, cores)


@app.command()
def demo(
    model_only: Annotated[
        bool, typer.Option("--model-only", help="Only what the model needs: one pair of corpora and one method.")
    ] = False,
    cores: Cores = 2,
) -> None:
    """Train a model on generated clips, to try the program without any licence. Run it in the repository.

    Everything takes about 20 minutes on two cores and ends with a page of results; the model alone takes a few minutes.
    It can be interrupted and started again; finished jobs are kept.
    """
    from amanda.command.workflow import run_demo

    run_demo(model_only, cores)


def main() -> None:
    """Run the command; a user's mistake gives one sentence and exit code 1."""
    run(lambda: app(prog_name="amanda"))
