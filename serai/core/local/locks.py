"""A lock on a folder that dies with its holder, and says who holds it."""

from __future__ import annotations

import fcntl
import json
import os
from pathlib import Path
from typing import Any


class LockHeldError(Exception):
    """Another process holds the lock; `note` is what it wrote about itself."""

    def __init__(self, path: Path, note: dict[str, Any]) -> None:
        super().__init__(f"{path} is held by {note or 'another process'}")
        self.path = path
        self.note = note

    @property
    def holder_lives(self) -> bool:
        """Whether the process that took the lock still runs (its reaper may hold it longer)."""
        pid = self.note.get("pid")
        if not isinstance(pid, int):
            return True
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True


class FolderLock:
    """An advisory lock (`flock`) with a note of its holder. The kernel frees it on any death."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor: int | None = None

    def take(self, **note: object) -> int:
        """Take the lock and return its descriptor, or raise `LockHeldError` at once."""
        descriptor = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise LockHeldError(self.path, read_note(self.path)) from None
        self._descriptor = descriptor
        self.write_note(**note)
        return descriptor

    def write_note(self, **note: object) -> None:
        """Replace the note; only the holder may."""
        if self._descriptor is None:
            raise RuntimeError("Only the holder of a lock writes its note.")
        text = json.dumps({"pid": os.getpid(), **note}).encode()
        os.ftruncate(self._descriptor, 0)
        os.pwrite(self._descriptor, text, 0)

    def release(self) -> None:
        """Give the lock back; harmless when it is not held."""
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None


def read_note(path: Path) -> dict[str, Any]:
    """What the last holder of the lock at `path` wrote; empty when nothing sensible is there."""
    try:
        note = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return note if isinstance(note, dict) else {}
