"""What a step such as cancelling, not coming or leaving early means for the guest's money."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settlement:
    """Minor units. `penalty_minor` is what this step costs; `owed_minor` all that is owed after it.

    `kept_minor` is what may be kept of the money paid in advance: what only the property takes is owed
    but not kept.
    """

    penalty_minor: int
    paid_minor: int
    owed_minor: int
    kept_minor: int

    @property
    def refund_minor(self) -> int:
        """What goes back."""
        return max(self.paid_minor - self.kept_minor, 0)

    @property
    def due_minor(self) -> int:
        """What is owed and was not paid yet."""
        return max(self.owed_minor - self.paid_minor + self.refund_minor, 0)
