"""Where payment providers tell us what happened. No session, no cookie: the signature is the key."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from serai.core.clock import utc_now
from serai.core.errors import BusyError
from serai.payments.gateways import UnknownGatewayError
from serai.payments.gateways.base import MalformedEventError, SignatureRefusedError
from serai.payments.services import receive_event

MAX_BYTES = 64 * 1024


@csrf_exempt
@require_POST
def payment_webhook(request: HttpRequest, gateway: str) -> HttpResponse:
    """Take a provider's message. Any answer but 200 makes the provider send it again."""
    # Read no more than a message may have, whatever length the sender claims.
    body = request.read(MAX_BYTES + 1)
    if len(body) > MAX_BYTES:
        return _refused("too_large", status=413)
    try:
        receive_event(gateway=gateway, body=body, headers=request.headers, now=utc_now())
    except UnknownGatewayError:
        return _refused("unknown_gateway", status=404)
    except SignatureRefusedError:
        return _refused("bad_signature", status=400)
    except MalformedEventError:
        return _refused("malformed", status=400)
    except BusyError:
        response = _refused("busy", status=503)
        response["Retry-After"] = "5"
        return response
    return JsonResponse({"received": True})


def _refused(code: str, *, status: int) -> HttpResponse:
    return JsonResponse({"error": code}, status=status)
