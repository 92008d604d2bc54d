"""Photos for browsers where no web server stands in front (the demo); production's nginx serves them."""

from __future__ import annotations

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from serai.properties.photos import VARIANT_NAME


@require_safe
def serve_variant(request: HttpRequest, path: str) -> HttpResponse:
    """A photo's WebP variant. Originals and everything else do not exist here."""
    if VARIANT_NAME.fullmatch(path) is None:
        raise Http404
    try:
        with default_storage.open(path) as file:
            response = HttpResponse(file.read(), content_type="image/webp")
    except FileNotFoundError as error:
        raise Http404 from error
    # A variant's name is random and its content never changes.
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    response["X-Content-Type-Options"] = "nosniff"
    # WebP is compressed already: this keeps the gzip middleware away.
    response["Content-Encoding"] = "identity"
    return response
