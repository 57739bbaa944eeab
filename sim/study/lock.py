"""One process at a time on a study's folder; the lock goes when its process does, however."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Self

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl


class BusyError(Exception):
    """Another process works on this study."""


class Lock:
    """Holds a file locked until it is closed.

    Raises
    ------
    BusyError
        If another process holds it.
    OSError
        If the file cannot be made.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = os.open(path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            _hold(self._file)
        except OSError:
            os.close(self._file)
            raise BusyError(
                f"{path.parent}: another process works on this study; wait until it has ended"
            ) from None

    def close(self) -> None:
        """Let go; the file stays, so that two processes never lock two files of one name."""
        os.close(self._file)

    def __enter__(self) -> Self:
        """Return the lock itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Let go."""
        self.close()


def held(path: Path) -> bool:
    """Tell whether a process holds the lock at this path."""
    if not path.exists():
        return False
    try:
        Lock(path).close()
    except BusyError:
        return True
    except OSError:  # cannot be opened for writing: nobody can hold it from here
        return False
    return False


def _hold(file: int) -> None:
    if sys.platform == "win32":
        msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
    else:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
