"""What a process has found and may need again: the latest few, each found once."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Found = TypeVar("Found")


class Remembered(Generic[Key, Found]):
    """Things by their keys; of more than `most` those are forgotten that were not asked for lately.

    Threads may share it: whoever asks for what another is finding waits for him.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self._found: OrderedDict[Key, Found] = OrderedDict()
        self._lock = Lock()

    def of(self, key: Key, find: Callable[[], Found]) -> Found:
        """Return what belongs to a key; find it if it is not remembered."""
        with self._lock:
            if key not in self._found:
                self._found[key] = find()
                if len(self._found) > self.most:
                    self._found.popitem(last=False)
            self._found.move_to_end(key)
            return self._found[key]

    def __len__(self) -> int:
        """Return how many things are remembered."""
        return len(self._found)
