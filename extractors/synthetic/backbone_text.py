"""A tiny BERT with seeded weights and a real WordPiece vocabulary: 12 blocks of width 32."""

from __future__ import annotations

import string
from pathlib import Path

import torch
from transformers import BertConfig, BertModel, BertTokenizer
from transformers.utils import logging

from extractors.synthetic.rehearsal import rehearse, standardise
from extractors.synthetic.sentences import vocabulary

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]")

COMMON = """
a about after again all also always an and any anyone anything are around as ask at away back be because been before
being believe big but by call came can child come could day did different do does doing done down each early end even
every everyone everything feel few find first for from gave get give go going good got guy had hand has have he hear
heard help her here high him his home how if in into is it its just keep kind know large last late leave left let life
like line little live long look made make man many may maybe me mean might mind money more most mother much must my
name need never new next nice night no not nothing now number of off old on once one only or other our out over own
part people place point problem public put really right said same saw say school see seem she should show since small
so some someone something state still stop such sure take talk tell than thank that the their them then there these
they thing think this those though thought through time to told too took try turn two under until up us use very wait
want was way we week well went were what when where which while who why will with without woman word work world would
year yes yet you young your
"""
"""Frequent English words, in addition to the words in the sentences of the twins."""

ENDINGS = "s ed er est ing ly ness ment tion able ful less al ous ive ity en th y"
"""Continuations of words. Any other word is divided into letters."""


LENGTH = 12
"""Word pieces in each line of the rehearsal."""


def word_pieces() -> list[str]:
    """The vocabulary in the order of its ids: special tokens, characters, their continuations, endings, words."""
    letters = string.ascii_lowercase + string.digits
    pieces = [*SPECIAL, *string.punctuation, *letters]
    pieces += [f"##{letter}" for letter in letters]
    pieces += [f"##{ending}" for ending in ENDINGS.split()]
    pieces += sorted({*COMMON.split(), *vocabulary()})
    return list(dict.fromkeys(pieces))


def write_text_backbone(folder: Path, seed: int) -> None:
    """Write configuration, ``model.safetensors`` and tokenizer of a tiny BERT into an existing folder.

    The weights are larger than BERT's initial weights, so that a word's row depends on its sentence.
    """
    logging.disable_progress_bar()
    pieces = word_pieces()
    config = BertConfig(
        vocab_size=len(pieces),
        hidden_size=32,
        num_hidden_layers=12,
        num_attention_heads=4,
        intermediate_size=64,
        initializer_range=0.1,
    )
    (folder / "vocab.txt").write_text("\n".join(pieces) + "\n", encoding="utf-8")
    tokenizer = BertTokenizer(vocab={piece: number for number, piece in enumerate(pieces)}, model_max_length=512)
    tokenizer.save_pretrained(folder)
    said = tokenizer(" ".join(sample.text for sample in rehearse(seed)))["input_ids"]
    sentences = torch.tensor(said[: len(said) // LENGTH * LENGTH]).view(-1, LENGTH)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        network = BertModel(config).eval()
    for block in network.encoder.layer:
        standardise(block.output.LayerNorm, lambda: network(sentences))
    network.save_pretrained(folder)
