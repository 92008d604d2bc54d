"""Under whose name the embedded servers run, and what that user may reach.

PostgreSQL refuses to run as root. Started by root it therefore runs as `nobody`, which may be
unable to enter the checkout at all (a home of mode 0700): then its files live elsewhere.
"""

from __future__ import annotations

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

NOBODY = 65534


@dataclass(frozen=True)
class ServiceUser:
    """The account of the embedded servers; `switch` tells whether it is another than ours."""

    uid: int
    gid: int
    switch: bool

    @classmethod
    def current(cls) -> ServiceUser:
        """`nobody` when we are root, else ourselves."""
        if os.getuid() != 0:
            return cls(os.getuid(), os.getgid(), switch=False)
        try:
            entry = pwd.getpwnam("nobody")
        except KeyError:
            return cls(NOBODY, NOBODY, switch=True)
        return cls(entry.pw_uid, entry.pw_gid, switch=True)

    def own(self, path: Path) -> None:
        """Give `path` to this user when it is not ours."""
        if self.switch:
            os.chown(path, self.uid, self.gid)


def can_enter(path: Path, user: ServiceUser) -> bool:
    """Whether `user` may walk through every folder from `/` to `path`, as far as they exist."""
    resolved = path.resolve()
    for folder in (*reversed(resolved.parents), resolved):
        try:
            info = folder.stat()
        except FileNotFoundError:
            return True
        if info.st_uid == user.uid:
            needed = stat.S_IXUSR
        elif info.st_gid == user.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not info.st_mode & needed:
            return False
    return True
