"""What is said: template sentences whose words lean to a class, in the vocabulary and manner of a corpus."""

from __future__ import annotations

import re

import numpy as np

SHARED = {
    "neutral": "okay normal usual regular possible ready simple certain",
    "happy": "happy great wonderful lovely glad funny beautiful excited",
    "sad": "sad sorry lonely hurt lost empty tired crying",
    "angry": "angry mad furious stupid ridiculous unfair annoyed rude",
}
"""Words of each class that every corpus uses."""

OWN = {
    "iemocap": {
        "neutral": "official formal required listed",
        "happy": "marvelous engaged delighted blessed",
        "sad": "heartbroken gone hopeless grieving",
        "angry": "sick outrageous insane disgraceful",
    },
    "meld": {
        "neutral": "anyway whatever casual alright",
        "happy": "awesome yay hilarious perfect",
        "sad": "awful dumped miserable bummed",
        "angry": "jerk damn unbelievable pissed",
    },
    "mosei": {
        "neutral": "average factual standard descriptive",
        "happy": "amazing entertaining enjoyable superb",
        "sad": "disappointing tragic unfortunate depressing",
        "angry": "terrible corrupt pathetic disgusting",
    },
    "msp_improv": {
        "neutral": "scheduled planned available finished",
        "happy": "thrilled fantastic cheerful proud",
        "sad": "upset failing worried missing",
        "angry": "irritated cheating shouting lying",
    },
}
"""Words of each class that only one corpus uses."""

TEMPLATES = (
    "I am {a} about the {topic}",
    "that {topic} was {a} and {b}",
    "you know I feel {a} today",
    "we were {a} when they told us about the {topic}",
    "it is just {a} , really {b}",
    "everything about the {topic} seems {a}",
)

OWN_TEMPLATES = {
    "iemocap": (
        "what do you want from me , I was {a}",
        "I went to the {topic} and I got {a}",
        "it's {a} , I don't know",
    ),
    "meld": ("hey ! that's so {a} !", "oh my god , the {topic} is {a}", "okay , you guys are {a} and {b}"),
    "mosei": (
        "this movie has a {a} {topic} and I would say it is {b}",
        "in my opinion the {topic} here is {a}",
        "the point of the {topic} is that people are {a}",
    ),
    "msp_improv": (
        "don't you think it's {a} ?",
        "how can I not be {a} about the {topic}",
        "my {topic} was {a} , so {b}",
    ),
}

FILLERS = {
    "iemocap": ("well", "I mean"),
    "meld": ("oh", "hey", "look"),
    "mosei": ("so um", "basically", "and uh"),
    "msp_improv": ("yeah", "like"),
}

TOPICS = {
    "iemocap": "letter airline bags license wedding",
    "meld": "apartment coffee date party turkey",
    "mosei": "film actor story company school",
    "msp_improv": "class grade project bike roommate",
}

READ_ALOUD = (
    "I have to go to class",
    "I can't believe you said that",
    "the keys are on the table",
    "she told me about it yesterday",
    "are you going to stay here",
)
"""Sentences that lean to no class: those that actors read from a sheet in every emotion alike."""


def say(rng: np.random.Generator, corpus: str, amount: float, words: str, strength: float) -> str:
    """One sentence.

    Args:
        rng: chance.
        corpus: whose manner and vocabulary it takes ...
        amount: ... this often (0..1); else what is common to all.
        words: the class that it leans to.
        strength: how likely each leaning word is of that class rather than neutral.
    """

    def word(leaning: str) -> str:
        bank = OWN[corpus] if rng.random() < 0.8 * amount else SHARED
        return str(rng.choice(bank[leaning].split()))

    def leaning() -> str:
        return words if rng.random() < strength else "neutral"

    own_manner = rng.random() < amount
    template = str(rng.choice(OWN_TEMPLATES[corpus] if own_manner else TEMPLATES))
    topic = str(rng.choice(TOPICS[corpus if rng.random() < amount else "iemocap"].split()))
    sentence = template.format(a=word(leaning()), b=word(leaning()), topic=topic)
    if rng.random() < 0.6 * amount:
        sentence = f"{rng.choice(FILLERS[corpus])} , {sentence}"
    return _written(sentence)


def read_aloud(sentence: int) -> str:
    """The fixed text of a numbered sentence."""
    return _written(READ_ALOUD[sentence % len(READ_ALOUD)])


def vocabulary() -> tuple[str, ...]:
    """Every word that any sentence of any corpus can hold, in lower case, sorted, without punctuation."""
    texts = [*TEMPLATES, *READ_ALOUD, *SHARED.values(), *TOPICS.values()]
    for own in (*OWN_TEMPLATES.values(), *FILLERS.values(), *(bank.values() for bank in OWN.values())):
        texts.extend(own)
    bare = re.sub(r"\{\w+\}", " ", " ".join(texts)).lower()
    return tuple(sorted(set(re.findall(r"[a-z]+", bare))))


def _written(sentence: str) -> str:
    closed = re.sub(r" ([,!?])", r"\1", sentence)
    closed = closed[0].upper() + closed[1:]
    return closed if closed[-1] in "!?" else f"{closed}."
