"""The sentences: templates with words of a class, in the vocabulary and manner of a corpus."""

from __future__ import annotations

import re

import numpy as np

from extractors.synthetic.manner import Manner

SHARED = {
    "neutral": "okay normal usual ready",
    "happy": "happy great wonderful lovely",
    "sad": "sad sorry lonely hurt",
    "angry": "angry mad stupid unfair",
}
"""Class -> words that every corpus uses."""

OWN = {
    "iemocap": {
        "neutral": "official formal",
        "happy": "marvelous delighted",
        "sad": "heartbroken grieving",
        "angry": "outrageous insane",
    },
    "meld": {
        "neutral": "casual alright",
        "happy": "awesome hilarious",
        "sad": "dumped miserable",
        "angry": "unbelievable pissed",
    },
    "mosei": {
        "neutral": "average standard",
        "happy": "amazing superb",
        "sad": "disappointing tragic",
        "angry": "corrupt disgusting",
    },
    "msp_improv": {
        "neutral": "scheduled finished",
        "happy": "thrilled fantastic",
        "sad": "upset worried",
        "angry": "irritated cheating",
    },
}
"""Words of each class that only one corpus uses."""

CRIES = {"neutral": "so", "happy": "haha", "sad": "alas", "angry": "damn"}
"""Class -> interjection before a sentence."""

TEMPLATES = (
    "I am {a} and {b} about the {topic}",
    "that {topic} was {a} and {b}",
    "you know I feel {a} , {b} and {c}",
    "it is just {a} , really {b}",
    "everything about the {topic} seems {a} and {b}",
)
"""Sentences that every corpus uses. The letters are replaced by words of a class."""

OWN_TEMPLATES = {
    "iemocap": ("what do you want from me , I was {a} and {b}", "I went to the {topic} , it's {a} , it's {b}"),
    "meld": ("hey , that's so {a} , so {b}", "oh my god , the {topic} is {a} and {b}"),
    "mosei": ("this movie has a {a} {topic} and it is {b} , just {c}", "in my opinion the {topic} here is {a} and {b}"),
    "msp_improv": ("don't you think it's {a} , it's {b}", "how can I not be {a} and {b} about the {topic}"),
}
"""Sentences that only one corpus uses."""

FILLERS = {
    "iemocap": ("well", "I mean"),
    "meld": ("oh", "look"),
    "mosei": ("so um", "basically"),
    "msp_improv": ("yeah", "like"),
}

TOPICS = {
    "iemocap": "letter airline bags",
    "meld": "apartment coffee party",
    "mosei": "film actor story",
    "msp_improv": "class grade project",
}

ENDS = {"neutral": ".", "happy": "!", "sad": "...", "angry": "!!"}
"""Class -> punctuation at the end of a sentence, in corpora with punctuation."""

READ_ALOUD = (
    "I have to go to class",
    "I can't believe you said that",
    "the keys are on the table",
    "she told me about it yesterday",
    "are you going to stay here",
)
"""Sentences without a class. Actors read them from a sheet in all emotions."""


def say(rng: np.random.Generator, corpus: str, amount: float, manner: Manner, words: str, strength: float) -> str:
    """One sentence.

    Args:
        rng: random generator.
        corpus: the corpus whose manner and vocabulary are used.
        amount: probability (0..1) of using them instead of those that all corpora share.
        manner: the class and strength of the bias in the words of the corpus.
        words: the class of this sentence.
        strength: probability that a word with a class is of that class and not neutral.
    """

    def word(leaning: str) -> str:
        bank = OWN[corpus] if rng.random() < 0.8 * amount else SHARED
        return str(rng.choice(bank[leaning].split()))

    def leaning() -> str:
        if rng.random() < manner.lean["text"] / 2:
            return manner.leans
        return words if rng.random() < strength else "neutral"

    template = str(rng.choice(OWN_TEMPLATES[corpus] if rng.random() < amount else TEMPLATES))
    topic = str(rng.choice(TOPICS[corpus if rng.random() < amount else "iemocap"].split()))
    sentence = template.format(a=word(leaning()), b=word(leaning()), c=word(leaning()), topic=topic)
    if rng.random() < 0.5:
        sentence = f"{CRIES[leaning()]} , {sentence}"
    if rng.random() < 0.6 * amount:
        sentence = f"{rng.choice(FILLERS[corpus])} , {sentence}"
    plain = corpus == "mosei" and rng.random() < amount  # automatic transcripts have no punctuation
    return _written(sentence.replace(" ,", "") if plain else sentence, "" if plain else ENDS[leaning()])


def read_aloud(sentence: int) -> str:
    """The fixed text of a numbered sentence."""
    return _written(READ_ALOUD[sentence % len(READ_ALOUD)], ".")


def vocabulary() -> tuple[str, ...]:
    """All words that can occur in the sentences of any corpus, in lower case, sorted, without punctuation."""
    texts = [*TEMPLATES, *READ_ALOUD, *SHARED.values(), *CRIES.values(), *TOPICS.values()]
    for own in (*OWN_TEMPLATES.values(), *FILLERS.values(), *(bank.values() for bank in OWN.values())):
        texts.extend(own)
    bare = re.sub(r"\{\w+\}", " ", " ".join(texts)).lower()
    return tuple(sorted(set(re.findall(r"[a-z]+", bare))))


def _written(sentence: str, end: str) -> str:
    closed = sentence.replace(" ,", ",")
    return closed[0].upper() + closed[1:] + end
