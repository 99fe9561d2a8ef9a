"""What is dealt to the clips of a twin: classes, words and performances."""

from __future__ import annotations

import re
from collections import Counter

import numpy as np
import pytest
from helpers.orders import CLIPS, HALF, LEAN

from extractors.shared.clip import CLASSES
from extractors.synthetic.face import EXPRESSION
from extractors.synthetic.look import PLAIN as PLAIN_LOOK
from extractors.synthetic.look import look_of
from extractors.synthetic.manner import PLAIN, manner_of
from extractors.synthetic.performance import FACES, OTHER, perform
from extractors.synthetic.person import chance
from extractors.synthetic.plan import SHARES, Order, apportion, deal
from extractors.synthetic.sentences import say, vocabulary
from extractors.synthetic.sound import PLAIN as PLAIN_SOUND
from extractors.synthetic.sound import sound_of
from extractors.write_twin import TWINS


def test_another_seed_or_shift_gives_another_release() -> None:
    orders = [Order("meld", CLIPS, HALF, LEAN, seed, False) for seed in (0, 1)]
    dealt = [deal(chance(order.seed, "deal"), order, {split: (split,) for split in SHARES}) for order in orders]
    assert dealt[0] != dealt[1]
    for corpus in TWINS:
        assert look_of(corpus, 0.0) == PLAIN_LOOK != look_of(corpus, 0.1)
        assert sound_of(corpus, 0.0) == PLAIN_SOUND != sound_of(corpus, 0.1)
    said = {say(chance(0, "text"), corpus, 0.0, PLAIN, "happy", 1.0) for corpus in TWINS}
    assert len(said) == 1
    assert len({say(chance(0, "text"), corpus, 1.0, PLAIN, "happy", 1.0) for corpus in TWINS}) == len(TWINS)


@pytest.mark.parametrize("total", [*range(8), 13, 32, 36, 40])
def test_apportion_leaves_no_part_empty_that_could_be_filled(total: int) -> None:
    shares = list(SHARES.values())
    parts = apportion(total, shares)
    assert sum(parts) == total
    assert sum(part > 0 for part in parts) == min(total, len(parts))
    if total > 12:
        assert all(abs(part - total * share) < 1 for part, share in zip(parts, shares, strict=True))


def test_every_split_holds_every_class() -> None:
    order = Order("meld", {"neutral": 40, "happy": 36, "sad": 32, "angry": 36}, HALF, LEAN, 0, False)
    dealt = deal(chance(0), order, {"train": ("a", "b", "c"), "validation": ("d",), "test": ("e", "f")})
    assert all(set(moods) == {*CLASSES, OTHER} for moods in dealt.values())
    assert sum((Counter(moods) for moods in dealt.values()), Counter()) - Counter(dict(order.clips)) == Counter(
        {OTHER: sum(moods.count(OTHER) for moods in dealt.values())}
    )


def test_the_vocabulary_holds_whatever_is_said() -> None:
    known = set(vocabulary())
    rng = np.random.default_rng(0)
    for corpus in TWINS:
        for words in CLASSES:
            for _ in range(40):
                sentence = say(rng, corpus, 0.7, manner_of(corpus, LEAN), words, 0.9)
                assert set(re.findall(r"[a-z]+", sentence.lower())) <= known, sentence


def test_a_performance_shows_its_class_more_often_than_any_other() -> None:
    means = np.array([FACES[mood] for mood in CLASSES])[:, : EXPRESSION.index("tilt")]
    for number, mood in enumerate(CLASSES):
        shown = [perform(chance(0, mood, k), mood, PLAIN).face[: means.shape[1]] for k in range(60)]
        nearest = Counter(int(((means - face) ** 2).sum(axis=1).argmin()) for face in shown)
        assert 0.7 * 60 < nearest[number] < 60
