"""Photos: what is accepted, what variants are drawn, and that files and rows stay together."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import default_storage
from PIL import Image

from serai.core.models import OutboxMessage
from serai.core.outbox import deliver
from serai.properties.models import Photo
from serai.properties.photos import PhotoRefused, draw_variants, validate_upload
from serai.properties.services import add_photo, delete_photo, move_photo, prepare_photo
from serai.properties.services.photos import MAX_PHOTOS, TooManyPhotos
from tests.factories import PropertyFactory
from tests.properties.pictures import TURN_RIGHT, draw, encode, upload

KINDS = ["JPEG", "PNG", "WEBP", "AVIF"]


@pytest.fixture(autouse=True)
def media(settings: Any, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def claim_png(width: int, height: int) -> bytes:
    """A PNG whose header claims a size that its few bytes of pixels do not have."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = zlib.compress(b"\0" * 1000)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@pytest.mark.parametrize("kind", KINDS)
def test_four_formats_are_accepted_whatever_they_are_called(kind: str) -> None:
    validate_upload(upload(encode(draw(), kind), name="holiday.txt", content_type="text/plain"))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "JPEG, PNG"),
        (b"\xff\xd8\xff\xe0 not a photo", "JPEG, PNG"),
        (encode(draw(), "GIF"), "JPEG, PNG"),
        (encode(draw(), "TIFF"), "JPEG, PNG"),
        (encode(draw((399, 300))), "400 × 300"),
        (claim_png(60_000, 60_000), "megapixels"),
    ],
    ids=["empty", "svg", "fake jpeg", "gif", "tiff", "small", "bomb"],
)
def test_other_files_are_refused_with_a_reason(content: bytes, words: str) -> None:
    with pytest.raises(PhotoRefused, match=words):
        validate_upload(upload(content))


def test_a_file_above_the_limit_is_refused_before_it_is_decoded(settings: Any) -> None:
    settings.PHOTO_MAX_BYTES = 1024 * 1024
    with pytest.raises(PhotoRefused, match="larger than 1 MB"):
        validate_upload(upload(b"x" * (1024 * 1024 + 1)))


def test_a_bomb_that_reaches_the_worker_is_refused_there_too() -> None:
    with pytest.raises(PhotoRefused):
        draw_variants(io.BytesIO(claim_png(60_000, 60_000)))


def test_variants_are_upright_webp_without_exif() -> None:
    drawn = draw_variants(io.BytesIO(encode(draw((2000, 1000)), orientation=TURN_RIGHT)))

    assert (drawn.width, drawn.height) == (1000, 2000)
    assert sorted(drawn.files) == [480, 960, 1000]
    for width, content in drawn.files.items():
        with Image.open(io.BytesIO(content)) as variant:
            assert variant.format == "WEBP"
            assert variant.size == (width, width * 2)
            assert not variant.getexif()
            assert "exif" not in variant.info
            # The bright corner was top left; turned to the right it is top right.
            red, green, blue = variant.convert("RGB").getpixel((width - 10, 10))
            assert red > 200
            assert green > 200
            assert blue < 90


@pytest.mark.parametrize(
    ("size", "widths"),
    [((2400, 1600), [480, 960, 1600]), ((1600, 900), [480, 960, 1600]), ((420, 320), [420])],
)
def test_no_variant_is_larger_than_the_original(size: tuple[int, int], widths: list[int]) -> None:
    assert sorted(draw_variants(io.BytesIO(encode(draw(size)))).files) == widths


def test_colour_is_the_average() -> None:
    flat = Image.new("RGB", (500, 400), "#204060")
    assert draw_variants(io.BytesIO(encode(flat, "PNG"))).colour == "#204060"


@pytest.mark.parametrize("mode", ["RGBA", "L", "P", "CMYK", "LA"])
def test_other_colour_modes_become_plain(mode: str) -> None:
    kind = "JPEG" if mode == "CMYK" else "PNG"
    drawn = draw_variants(io.BytesIO(encode(draw((500, 400)).convert(mode), kind)))
    with Image.open(io.BytesIO(drawn.files[480])) as variant:
        assert variant.mode == "RGB"


@pytest.mark.django_db
def test_upload_is_kept_and_prepared_by_the_outbox(now: Any, media: Path) -> None:
    photo = add_photo(property=PropertyFactory.create(), file=upload(encode(draw())), now=now)

    assert photo.status == "pending"
    message = OutboxMessage.objects.get(topic="photo.added")
    assert message.queue == "cpu"
    assert "photo.jpg" not in photo.original.name

    assert deliver(message.pk, now=now)

    photo.refresh_from_db()
    assert (photo.status, photo.width, photo.height) == ("ready", 1200, 800)
    assert sorted(photo.variants) == ["1200", "480", "960"]
    assert photo.src(480) == f"/media/{photo.variants['480']}"
    assert photo.src(481) == f"/media/{photo.variants['960']}"
    assert photo.src(5000) == f"/media/{photo.variants['1200']}"
    assert photo.srcset.split(", ")[0] == f"/media/{photo.variants['480']} 480w"
    assert len(files_in(media)) == 4


@pytest.mark.django_db
def test_preparing_twice_leaves_the_same_files(now: Any, media: Path) -> None:
    photo = add_photo(property=PropertyFactory.create(), file=upload(encode(draw())), now=now)
    prepare_photo(photo_id=photo.pk, now=now)
    before = files_in(media)

    Photo.objects.filter(pk=photo.pk).update(status="pending")  # the worker died before it could say so
    prepare_photo(photo_id=photo.pk, now=now)

    assert files_in(media) == before
    photo.refresh_from_db()
    assert photo.status == "ready"


@pytest.mark.django_db
def test_a_photo_that_cannot_be_decoded_fails_with_words(now: Any) -> None:
    whole = encode(draw((1200, 800)))
    photo = add_photo(property=PropertyFactory.create(), file=upload(whole[: len(whole) // 2]), now=now)

    prepare_photo(photo_id=photo.pk, now=now)

    photo.refresh_from_db()
    assert photo.status == "failed"
    assert "damaged" in photo.error
    assert photo.src() == ""


@pytest.mark.django_db
def test_a_lost_file_fails_with_words(now: Any) -> None:
    photo = add_photo(property=PropertyFactory.create(), file=upload(encode(draw())), now=now)
    default_storage.delete(photo.original.name)

    prepare_photo(photo_id=photo.pk, now=now)

    photo.refresh_from_db()
    assert (photo.status, "upload it again" in photo.error) == ("failed", True)


@pytest.mark.django_db
def test_deleting_takes_the_files_after_the_row(now: Any, media: Path) -> None:
    photo = add_photo(property=PropertyFactory.create(), file=upload(encode(draw())), now=now)
    prepare_photo(photo_id=photo.pk, now=now)

    delete_photo(property_id=photo.property_id, photo_id=photo.pk, now=now)
    assert not Photo.objects.exists()
    assert len(files_in(media)) == 4

    message = OutboxMessage.objects.get(topic="photo.deleted")
    assert deliver(message.pk, now=now)
    assert files_in(media) == []
    delete_photo(property_id=photo.property_id, photo_id=photo.pk, now=now)
    assert OutboxMessage.objects.filter(topic="photo.deleted").count() == 1


@pytest.mark.django_db
def test_a_photo_deleted_while_it_is_drawn_leaves_nothing(
    now: Any, media: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    photo = add_photo(property=PropertyFactory.create(), file=upload(encode(draw())), now=now)
    from serai.properties.services import photos as service

    real = service.make_variants

    def draw_while_deleted(row: Photo) -> Any:
        drawn = real(row)
        delete_photo(property_id=row.property_id, photo_id=row.pk, now=now)
        return drawn

    monkeypatch.setattr(service, "make_variants", draw_while_deleted)
    prepare_photo(photo_id=photo.pk, now=now)
    deliver(OutboxMessage.objects.get(topic="photo.deleted").pk, now=now)

    assert files_in(media) == []


@pytest.mark.django_db
def test_the_limit_refuses_and_keeps_no_file(now: Any, media: Path) -> None:
    property = PropertyFactory.create()
    Photo.objects.bulk_create(Photo(property=property, position=place) for place in range(MAX_PHOTOS))

    with pytest.raises(TooManyPhotos):
        add_photo(property=property, file=upload(encode(draw())), now=now)

    assert Photo.objects.count() == MAX_PHOTOS
    assert files_in(media) == []


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("moved", "to", "order"),
    [(2, 0, [2, 0, 1, 3]), (0, 3, [1, 2, 3, 0]), (1, 99, [0, 2, 3, 1]), (1, 1, [0, 1, 2, 3])],
)
def test_order(now: Any, moved: int, to: int, order: list[int]) -> None:
    property = PropertyFactory.create()
    photos = [Photo.objects.create(property=property, position=place) for place in range(4)]

    move_photo(property_id=property.pk, photo_id=photos[moved].pk, to=to, now=now)

    ids = list(Photo.objects.order_by("position", "id").values_list("pk", flat=True))
    assert ids == [photos[place].pk for place in order]


@pytest.mark.django_db
def test_another_propertys_photo_does_not_move(now: Any) -> None:
    photo = Photo.objects.create(property=PropertyFactory.create(), position=7)
    with pytest.raises(Photo.DoesNotExist):
        move_photo(property_id=PropertyFactory.create().pk, photo_id=photo.pk, to=0, now=now)
    photo.refresh_from_db()
    assert photo.position == 7
