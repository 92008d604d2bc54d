"""Money that the hotel's own people took: cash, their card terminal, a transfer to their bank.

Such payments are written down by `services.record_desk_payment` when the money is there already, and no
guest is offered this on the site. Giving it back is the hotel's to do, by hand.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from serai.payments.gateways.pay_at_property import PayAtPropertyGateway

DESK = "desk"


class DeskGateway(PayAtPropertyGateway):
    """Every call that would move money is refused: there is nobody to call."""

    name = DESK
    label = _("At the property")
