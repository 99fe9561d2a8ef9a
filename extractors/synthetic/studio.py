"""Make the clips of one twin, with the same people, look, sound and manner of speaking in all of them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from extractors.synthetic.look import Camera, look_of
from extractors.synthetic.manner import manner_of
from extractors.synthetic.performance import Performance, expression_track, perform
from extractors.synthetic.person import Person, chance, make_person
from extractors.synthetic.plan import Order
from extractors.synthetic.sentences import say
from extractors.synthetic.sound import record, sound_of
from extractors.synthetic.voice import speak


class Studio:
    """Makes pictures, voices and sentences for one order. The results depend only on the order and the given names.

    Args:
        order: the twin to be written.
        size: height and width of the pictures of one person, in pixels.
        rate: frames per second.
    """

    def __init__(self, order: Order, size: tuple[int, int], rate: float) -> None:
        self.order, self.size, self.rate = order, size, rate
        self.manner = manner_of(order.corpus, order.lean)
        self.look = look_of(order.corpus, order.shift["visual"])
        self.sound = sound_of(order.corpus, order.shift["audio"])

    def chance(self, *names: object) -> np.random.Generator:
        """The random generator for these names in this twin."""
        return chance(self.order.seed, self.order.corpus, *names)

    def person(self, name: str, gender: str) -> Person:
        """The person of this name."""
        return make_person(self.chance("person", name), gender)

    def camera(self, *names: object) -> Camera:
        """A camera in front of the background of the place with these names."""
        return Camera(self.chance("camera", *names), self.look, self.size)

    def perform(self, clip: str, mood: str, seconds: float | None = None) -> Performance:
        """The performance in one clip of this mood, with a given or a drawn duration."""
        return perform(self.chance("perform", clip), mood, self.manner, seconds)

    def track(self, clip: str, performance: Performance) -> np.ndarray:
        """The expressions in one clip, one row per frame."""
        return expression_track(self.chance("track", clip), performance, self.rate, hold=max(1, round(self.rate / 15)))

    def film(
        self, clip: str, person: Person, performance: Performance, seen: float = 1.0, bystander: Person | None = None
    ) -> Iterator[np.ndarray]:
        """The pictures of one clip in its own place, [H, W, 3] uint8 RGB.

        Args:
            clip: name of the clip.
            person: the person who acts.
            performance: the person's performance.
            seen: share of the clip in which the person is in the picture.
            bystander: a person in the background, or None.
        """
        camera, track = self.camera(clip), self.track(clip, performance)
        if bystander is not None:
            camera.invite(bystander)
        shown = round(seen * len(track))
        yield from camera.shoot(person, track[:shown])
        yield from camera.empty(len(track) - shown)

    def speak(self, clip: str, person: Person, performance: Performance) -> np.ndarray:
        """The clean voice of one clip, float32 [samples] at 16 kHz."""
        return speak(self.chance("speak", clip), person, performance, self.sound.octaves)

    def record(self, name: str, clean: np.ndarray) -> np.ndarray:
        """The recording of clean sound by this twin's microphones, with the same length."""
        return record(self.chance("record", name), clean, self.sound)

    def text(self, clip: str, performance: Performance) -> str:
        """The sentence of one clip."""
        amount = self.order.shift["text"]
        rng, corpus = self.chance("text", clip), self.order.corpus
        return say(rng, corpus, amount, self.manner, performance.words, performance.strength)
