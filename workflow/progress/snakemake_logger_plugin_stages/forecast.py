"""An estimate of the time that the remaining jobs need, from the times of the finished jobs."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping


class Forecast:
    """Time left of a run.

    A job is expected to take as long as the mean of its rule so far. Before the first job of a rule has ended, it is
    expected to take its usual seconds, times the factor by which this run is slower than usual so far.

    Args:
        jobs: number of jobs of each rule.
        usual: usual seconds of a job of each rule.
    """

    def __init__(self, jobs: Mapping[str, int], usual: Callable[[str], float]) -> None:
        self.left = Counter(jobs)
        self.usual = usual
        self.seconds: defaultdict[str, list[float]] = defaultdict(list)

    def finish(self, rule: str, seconds: float) -> None:
        """Count a finished job of `rule`, and the seconds that it took."""
        self.left[rule] -= 1
        self.seconds[rule].append(seconds)

    def time_left(self, elapsed: float, stage: Callable[[str], bool] = lambda rule: True) -> float | None:
        """Seconds until the remaining jobs are finished; None before the first job is finished.

        Args:
            elapsed: seconds since the run began.
            stage: whether the jobs of a rule count.
        """
        busy = sum(map(sum, self.seconds.values()))
        if not busy:
            return None
        slower = busy / sum(self.usual(rule) * len(taken) for rule, taken in self.seconds.items())
        at_once = max(1.0, busy / elapsed)
        rest = 0.0
        for rule, count in self.left.items():
            taken = self.seconds.get(rule)
            expected = sum(taken) / len(taken) if taken else self.usual(rule) * slower
            rest += max(count, 0) * expected if stage(rule) else 0.0
        return rest / at_once
