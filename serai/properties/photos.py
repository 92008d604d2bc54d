"""Pictures as files: what is accepted, and the variants that pages show.

Nothing here trusts a name or a declared type: Pillow's decoders for the four accepted formats decide
what a file is. Variants are drawn anew from pixels, so neither EXIF (with its GPS position) nor
anything hidden behind the picture's data survives.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import IO

from django.conf import settings
from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.utils.translation import gettext as _
from PIL import Image, ImageCms, ImageOps

from serai.core.errors import DomainError
from serai.properties.models import Photo

FORMATS = ("JPEG", "PNG", "WEBP", "AVIF")
VARIANT_WIDTHS = (480, 960, 1600)
MIN_WIDTH, MIN_HEIGHT = 400, 300
QUALITY = 80
VARIANT_NAME = re.compile(r"variants/\d+/[0-9a-f]{32}-\d{1,4}\.webp")

# What Pillow's decoders raise on bytes that are not the picture they claim to be.
UNREADABLE = (OSError, SyntaxError, ValueError, EOFError, IndexError, Image.DecompressionBombError)


class PhotoRefused(DomainError):
    """A file is not a photo that can be shown; the message says what to do."""

    code = "photo_refused"


@dataclass(frozen=True)
class DrawnPhoto:
    """A picture's upright size in pixels, its average colour (`#rrggbb`) and WebP files by width."""

    width: int
    height: int
    colour: str
    files: dict[int, bytes]


def validate_upload(file: File) -> None:
    """Raise `PhotoRefused` unless `file` is a JPEG, PNG, WebP or AVIF of a size that can be shown.

    Reads headers only; the pixels are decoded later, in the background.
    """
    if not file.size:
        raise PhotoRefused(_("The file is empty."))
    if file.size > settings.PHOTO_MAX_BYTES:
        raise PhotoRefused(
            _("The file is larger than %(limit)d MB. Please choose a smaller version.")
            % {"limit": settings.PHOTO_MAX_BYTES // (1024 * 1024)}
        )
    file.seek(0)
    try:
        with Image.open(file, formats=FORMATS) as image:
            width, height = image.size
            image.verify()
    except Image.DecompressionBombError as error:
        raise _too_many_pixels() from error
    except UNREADABLE as error:
        raise PhotoRefused(
            _("This is not a photo we can read. Use a JPEG, PNG, WebP or AVIF file.")
        ) from error
    finally:
        file.seek(0)
    if width * height > settings.PHOTO_MAX_PIXELS:
        raise _too_many_pixels()
    if width < MIN_WIDTH or height < MIN_HEIGHT:
        raise PhotoRefused(
            _("The photo is too small: it needs at least %(width)d × %(height)d pixels.")
            % {"width": MIN_WIDTH, "height": MIN_HEIGHT}
        )


def _too_many_pixels() -> PhotoRefused:
    return PhotoRefused(
        _("The photo has more than %(limit)d megapixels. Please choose a smaller version.")
        % {"limit": settings.PHOTO_MAX_PIXELS // 1_000_000}
    )


def draw_variants(source: IO[bytes]) -> DrawnPhoto:
    """Decode a picture and draw its variants; pure CPU work that may run in any process.

    Raises `PhotoRefused` with a sentence for the host when the pixels cannot be decoded.
    """
    try:
        with Image.open(source, formats=FORMATS) as image:
            if image.width * image.height > settings.PHOTO_MAX_PIXELS:
                raise _too_many_pixels()
            width, height = image.size
            is_turned = image.getexif().get(0x0112, 1) in {5, 6, 7, 8}
            # A JPEG can be decoded at a fraction of its size: less memory, less time.
            image.draft("RGB", (VARIANT_WIDTHS[-1], VARIANT_WIDTHS[-1]))
            upright = ImageOps.exif_transpose(_plain_rgb(image))
    except UNREADABLE as error:
        raise PhotoRefused(_("The photo is damaged. Please upload it again or choose another.")) from error
    if is_turned:
        width, height = height, width
    # No variant is larger than the original; one that is smaller than all widths is kept as it is.
    widths = [target for target in VARIANT_WIDTHS if target < width]
    if len(widths) < len(VARIANT_WIDTHS):
        widths.append(width)
    files = {}
    for target in widths:
        drawn = upright.resize(
            (target, max(1, round(height * target / width))), Image.Resampling.LANCZOS, reducing_gap=2.0
        )
        buffer = io.BytesIO()
        drawn.save(buffer, "WEBP", quality=QUALITY, method=4)
        files[target] = buffer.getvalue()
    red, green, blue = upright.resize((1, 1), Image.Resampling.BOX).getpixel((0, 0))  # type: ignore[misc]
    return DrawnPhoto(width=width, height=height, colour=f"#{red:02x}{green:02x}{blue:02x}", files=files)


def make_variants(photo: Photo) -> DrawnPhoto:
    """Draw the photo's variants and store them; running it again overwrites the same files.

    The names come from the original's random name, so a repeated task leaves nothing behind.
    Raises `PhotoRefused`. Writes no row.
    """
    try:
        with default_storage.open(str(photo.original.name)) as source:
            drawn = draw_variants(source)
    except FileNotFoundError as error:
        raise PhotoRefused(_("The uploaded file is no longer there. Please upload it again.")) from error
    for width, content in drawn.files.items():
        name = photo.variant_name(width)
        if default_storage.exists(name):
            default_storage.delete(name)
        default_storage.save(name, ContentFile(content))
    return drawn


def delete_files(names: list[str]) -> None:
    """Delete stored files; those already gone are no error."""
    for name in names:
        default_storage.delete(name)


def _plain_rgb(image: Image.Image) -> Image.Image:
    """The picture's first frame in sRGB without transparency, its orientation tag kept."""
    exif = image.info.get("exif")
    profile = image.info.get("icc_profile")
    if image.mode in {"RGBA", "LA", "PA"} or "transparency" in image.info:
        layer = image.convert("RGBA")
        plain = Image.new("RGB", layer.size, "white")
        plain.paste(layer, mask=layer.getchannel("A"))
    elif profile and image.mode in {"RGB", "CMYK"}:
        plain = _to_srgb(image, profile)
    else:
        plain = image.convert("RGB")
    if exif:
        plain.info["exif"] = exif
    return plain


def _to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGB",
        )
    except ImageCms.PyCMSError:
        # A broken colour profile is common and harmless: the plain colours are close.
        converted = None
    return converted if converted is not None else image.convert("RGB")
