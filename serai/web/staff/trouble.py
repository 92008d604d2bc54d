"""What gave up and waits for a person: effects out of the outbox, and refunds."""

from __future__ import annotations

import uuid

from django.contrib import messages
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from serai.core.clock import utc_now
from serai.core.outbox import failed_messages, retry_message
from serai.payments.errors import RefundRefusedError
from serai.payments.selectors import refunds_in_trouble
from serai.payments.services import retry_refund
from serai.web.staff.access import staff_view

SHOWN = 100


@never_cache
@staff_view
@require_GET
def trouble(request: HttpRequest) -> HttpResponse:
    """Everything that needs a person, latest first."""
    return render(
        request,
        "web/staff/trouble.html",
        {
            "failed_messages": failed_messages()[:SHOWN],
            "refunds": refunds_in_trouble(now=utc_now())[:SHOWN],
        },
    )


@staff_view
@require_POST
def retry_failed_message(request: HttpRequest, message_id: int) -> HttpResponse:
    """Let a message start over."""
    if not retry_message(message_id=message_id, now=utc_now()):
        raise Http404
    messages.success(request, _("It is being tried again."))
    return redirect("staff_trouble")


@staff_view
@require_POST
def retry_failed_refund(request: HttpRequest, refund_id: uuid.UUID) -> HttpResponse:
    """Ask the card provider once more."""
    try:
        retry_refund(refund_id=refund_id, now=utc_now())
    except ObjectDoesNotExist as error:
        raise Http404 from error
    except RefundRefusedError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("The refund is being tried again."))
    return redirect("staff_trouble")
