"""Where a checkout keeps what it runs on: secrets, uploads, logs, and the servers' data."""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from serai.core.local.identity import ServiceUser, can_enter

CHECKOUT = Path(__file__).resolve().parents[3]
SHARED_HOME = Path("/var/lib/serai")
# A unix socket's path may have 107 bytes; a checkout's own path is often longer.
SOCKETS_HOME = Path("/tmp")  # noqa: S108 - the folder is 0700 and its owner is checked


class LocalStateError(Exception):
    """The local state cannot be used; the message says what to do."""


@dataclass(frozen=True)
class LocalState:
    """The folders of one checkout (or of `SERAI_STATE_DIR`).

    `root` holds secrets, media, static files and logs; `data` what the servers write; `sockets`
    the servers' unix sockets, in a folder only their owner may enter.
    """

    root: Path
    data: Path
    sockets: Path

    @classmethod
    def from_environment(cls) -> LocalState:
        """Choose the folders from `SERAI_STATE_DIR` or the checkout. Creates nothing."""
        return cls.at(Path(os.environ.get("SERAI_STATE_DIR") or CHECKOUT / ".serai"))

    @classmethod
    def at(cls, folder: Path, *, user: ServiceUser | None = None) -> LocalState:
        """The state that lives in `folder`, with servers run by `user`."""
        root = folder.expanduser().resolve()
        user = user or ServiceUser.current()
        digest = hashlib.sha256(f"{root}:{os.getuid()}".encode()).hexdigest()[:12]
        reachable = not user.switch or can_enter(root, user)
        data = root / "data" if reachable else SHARED_HOME / digest
        return cls(root=root, data=data, sockets=SOCKETS_HOME / f"serai-{digest}")

    @property
    def logs(self) -> Path:
        """The folder of the log files, one per process."""
        return self.root / "logs"

    @property
    def run(self) -> Path:
        """The folder of locks and other notes that mean nothing after a restart."""
        return self.root / "run"

    @property
    def database_url(self) -> str:
        """The embedded PostgreSQL's database, as libpq and django-environ both read it."""
        return f"postgres://serai@/serai?host={self.sockets}"

    @property
    def valkey_url(self) -> str:
        """The embedded Valkey's first database."""
        return f"unix://{self.sockets}/valkey.sock?db=0"

    def prepare(self, user: ServiceUser | None = None) -> None:
        """Create the folders.

        Raises `LocalStateError` when a folder belongs to somebody else or cannot be written.
        """
        user = user or ServiceUser.current()
        try:
            self._make_root()
            for folder in (self.logs, self.run):
                folder.mkdir(exist_ok=True)
            if not self.data.is_dir():
                self.data.mkdir(parents=True)
                for folder in (self.data, self.data.parent):
                    folder.chmod(0o711 if user.switch else 0o700)
        except PermissionError as error:
            raise LocalStateError(
                f"Serai may not write in {error.filename}. Run it as the owner of that folder, or"
                " set SERAI_STATE_DIR to a folder of your own."
            ) from error
        self._make_sockets(user)

    def secret_key(self) -> str:
        """Read the secret key, creating it on first use; all racing callers get the same one."""
        path = self.root / "secret_key"
        try:
            return path.read_text(encoding="ascii")
        except FileNotFoundError:
            self._make_root()
        descriptor, name = tempfile.mkstemp(prefix="secret_key.", dir=self.root)
        try:
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(secrets.token_urlsafe(64))
                file.flush()
                os.fsync(file.fileno())
            # A link either appears whole or finds that another process was first.
            os.link(name, path)
        except FileExistsError:
            pass
        finally:
            os.unlink(name)
        return path.read_text(encoding="ascii")

    def _make_root(self) -> None:
        if not self.root.is_dir():
            self.root.mkdir(parents=True, exist_ok=True)
            # The servers' user must pass through to `data`; it may not look around.
            self.root.chmod(0o711 if os.getuid() == 0 else 0o700)

    def _make_sockets(self, user: ServiceUser) -> None:
        try:
            self.sockets.mkdir(mode=0o700)
            user.own(self.sockets)
        except FileExistsError:
            pass
        info = self.sockets.lstat()
        if not stat.S_ISDIR(info.st_mode) or info.st_uid not in {os.getuid(), user.uid}:
            raise LocalStateError(
                f"{self.sockets} belongs to another user, so it cannot be trusted with the"
                " database's socket. Remove it, or set SERAI_STATE_DIR to another folder."
            )
        user.own(self.sockets)
        self.sockets.chmod(0o700)
