"""The ways to pay, by name."""

from __future__ import annotations

from django.conf import settings

from serai.payments.gateways.base import Gateway
from serai.payments.gateways.desk import DeskGateway
from serai.payments.gateways.fake import FakeGateway
from serai.payments.gateways.pay_at_property import PayAtPropertyGateway


class UnknownGatewayError(LookupError):
    """No way to pay has this name here."""


def available_gateways() -> list[Gateway]:
    """Every way to pay on this site, in the order in which guests see them.

    The fake card provider is for demo and tests: in production nobody could tell it from a real one.
    """
    gateways: list[Gateway] = [PayAtPropertyGateway()]
    if not settings.IS_PRODUCTION:
        gateways.insert(0, FakeGateway())
    return gateways


def get_gateway(name: str) -> Gateway:
    """The gateway called `name`, also one that no guest is offered; raises `UnknownGatewayError`."""
    for gateway in (*available_gateways(), DeskGateway()):
        if gateway.name == name:
            return gateway
    raise UnknownGatewayError(name)
