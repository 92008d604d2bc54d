"""The guest pays at the desk. Nothing is charged here, so there are no payments to keep."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import NoReturn

from django.utils.translation import gettext_lazy as _

from serai.payments.gateways.base import (
    ChargeOrder,
    ChargeStatus,
    Event,
    GatewayRefusedError,
    RefundOrder,
    RefundStatus,
    SignatureRefusedError,
)


class PayAtPropertyGateway:
    """Stands in the list of ways to pay; every call that would move money is refused."""

    name = "pay_at_property"
    label = _("Pay at the property")
    is_online = False

    def create_charge(self, order: ChargeOrder, *, now: dt.datetime) -> ChargeStatus:
        self._refuse()

    def fetch_charge(self, provider_ref: str, *, now: dt.datetime) -> ChargeStatus:
        self._refuse()

    def refund_charge(self, order: RefundOrder, *, now: dt.datetime) -> RefundStatus:
        self._refuse()

    def read_event(self, body: bytes, headers: Mapping[str, str], *, now: dt.datetime) -> Event:
        raise SignatureRefusedError("The desk of a hotel sends no messages.")

    def parse_event(self, body: Mapping[str, object]) -> Event:
        raise SignatureRefusedError("The desk of a hotel sends no messages.")

    def _refuse(self) -> NoReturn:
        raise GatewayRefusedError("offline", "Guests pay at the property: there is nothing to charge here.")
