"""`Timeline`: events sorted by (owner, day), with running sums and towers of maxima, looked up by binary search."""

import numpy as np

from features.facts import IntArray, pack


class Timeline:
    """Events sorted by (owner, day), with running sums. `tie` orders the events of one owner and day."""

    def __init__(
        self, owner: IntArray, day: IntArray, columns: dict[str, IntArray], tie: tuple[IntArray, ...] = ()
    ) -> None:
        key = pack(owner, day)
        order = np.lexsort((*tie[::-1], key))
        self.owner, self.day, self.key = owner[order], day[order], key[order]
        self.columns = {name: column[order] for name, column in columns.items()}
        self._starts: IntArray | None = None
        self._sums: dict[str, IntArray] = {}
        self._towers: dict[str, list[IntArray]] = {}

    def start(self, owner: IntArray) -> IntArray:
        """Position of each owner's first event; where it has none, that of the next owner's."""
        if self._starts is None:
            self._starts = np.searchsorted(self.owner, np.arange(int(self.owner.max(initial=-1)) + 2))
        starts: IntArray = self._starts[np.minimum(owner, len(self._starts) - 1)]
        return starts

    def end(self, owner: IntArray, day: IntArray) -> IntArray:
        """Position after each owner's last event known by that evening."""
        return np.searchsorted(self.key, pack(owner, day), side="right")

    def before(self, name: str) -> IntArray:
        """Running sum of a column: entry i holds the sum of the first i events."""
        if name not in self._sums:
            values = self.columns[name.removesuffix("^2")]
            values = values * values if name.endswith("^2") else values
            self._sums[name] = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(values)])
        return self._sums[name]

    def largest(self, name: str, low: IntArray, high: IntArray) -> IntArray:
        """The largest value among events low..high-1, where low < high: two overlapping blocks of 2^k events."""
        tower = self._towers.setdefault(name, [self.columns[name]])
        level = np.frexp((high - low).astype(np.float64))[1].astype(np.int64) - 1
        while len(tower) <= int(level.max(initial=0)):
            half = 1 << (len(tower) - 1)
            tower.append(np.maximum(tower[-1][:-half], tower[-1][half:]))
        found = np.empty(len(low), dtype=np.int64)
        for k in np.unique(level):
            at = level == k
            found[at] = np.maximum(tower[k][low[at]], tower[k][high[at] - (1 << int(k))])
        return found
