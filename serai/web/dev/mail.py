"""The mailbox of the demo and the tests: every mail and text message that left the house.

It shows codes to anybody, so it is only mounted where `MODE` is `demo` or `test`.
"""

from __future__ import annotations

import re

from csp.decorators import csp
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.http import content_disposition_header
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_GET

from serai.core.models import MailAttachment, SentMail

PAGE_SIZE = 30
# The shape of a one-time code: two groups of four letters without vowels.
_CODE = re.compile(r"\b[B-DF-HJ-NP-TV-XZ]{4}-[B-DF-HJ-NP-TV-XZ]{4}\b")
# A mail may style itself and show pictures, and nothing else.
_MAIL_POLICY = {
    "default-src": ["'none'"],
    "style-src": ["'unsafe-inline'"],
    "img-src": ["'self'", "data:"],
    "frame-ancestors": ["'self'"],
    "sandbox": ["allow-popups", "allow-popups-to-escape-sandbox"],
}


def find_code(text: str) -> str:
    """The one-time code in a message, or nothing."""
    match = _CODE.search(text)
    return match[0] if match else ""


@require_GET
@never_cache
def mail_list(request: HttpRequest) -> HttpResponse:
    """All messages, newest first; `to` narrows them to recipients that contain it."""
    recipient = request.GET.get("to", "").strip()
    mails = SentMail.objects.order_by("-sent_at", "-pk").defer("html")
    if recipient:
        mails = mails.filter(recipient__icontains=recipient)
    page = Paginator(mails, PAGE_SIZE).get_page(request.GET.get("page"))
    rows = [(mail, find_code(mail.text)) for mail in page]
    is_partial = bool(getattr(request, "htmx", False))
    template = "web/dev/mail_rows.html" if is_partial else "web/dev/mail.html"
    return render(request, template, {"page": page, "rows": rows, "recipient": recipient})


@require_GET
@never_cache
def mail_message(request: HttpRequest, mail_id: int) -> HttpResponse:
    """One message with its code, its text, its look and its attachments."""
    mail = get_object_or_404(SentMail, pk=mail_id)
    attachments = mail.attachments.defer("content").order_by("pk")
    context = {"mail": mail, "code": find_code(mail.text), "attachments": attachments}
    return render(request, "web/dev/mail_message.html", context)


@require_GET
@never_cache
@xframe_options_sameorigin
@csp(_MAIL_POLICY)  # type: ignore[arg-type]
def mail_html(request: HttpRequest, mail_id: int) -> HttpResponse:
    """The HTML of a message, for the sandboxed frame on its page."""
    return HttpResponse(get_object_or_404(SentMail, pk=mail_id).html)


@require_GET
def mail_attachment(request: HttpRequest, mail_id: int, attachment_id: int) -> HttpResponse:
    """Download a file that went with a message."""
    attachment = get_object_or_404(MailAttachment, pk=attachment_id, mail_id=mail_id)
    response = HttpResponse(bytes(attachment.content), content_type=attachment.content_type)
    disposition = content_disposition_header(as_attachment=True, filename=attachment.filename)
    response.headers["Content-Disposition"] = disposition or "attachment"
    return response
