"""The base of every error that a person can cause and cure."""

from __future__ import annotations


class DomainError(Exception):
    """A refusal with a reason. `str(error)` is a sentence for the person, `code` is for programs."""

    code = "refused"


class NotInTransactionError(RuntimeError):
    """An inner service was called outside a transaction: a programming error, never a user's."""


class BusyError(DomainError):
    """A lock was not had in time. Nothing was changed; trying again is safe."""

    code = "busy"
