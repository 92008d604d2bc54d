"""Words that open a rate plan or a promotion to whoever knows them."""

from __future__ import annotations

import re

from django.utils.translation import gettext as _

from serai.rates.services.errors import RatesInvalid

# No blanks: a code is read out on the telephone and typed into one field.
_CODE = re.compile(r"[\w][\w.\-]{0,39}")


def check_code(code: str, *, error: type[RatesInvalid], field: str, row: int | None = None) -> None:
    """Raise `error` unless guests can type the code: letters, figures, dots and hyphens, at most 40."""
    if not _CODE.fullmatch(code):
        raise error(
            _("Use letters, figures and hyphens without blanks, such as WELCOME10."), field=field, row=row
        )
