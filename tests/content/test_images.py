import io
import struct
import threading
import time
import zlib
from contextlib import closing

import pytest
from PIL import Image as Pillow

from objpub.content import Content
from objpub.content import Image
from objpub.content import is_image_type
from objpub.content import ScaleCache
from objpub.content import SCALES
from objpub.content import Site
from objpub.content import Upload
from objpub.content.pixels import make_smaller
from objpub.content.pixels import MAXIMUM_PIXELS
from objpub.content.pixels import Shape
from objpub.database import open_database
from objpub.database import put_site
from objpub.database import site_of
from objpub.database import transaction_for
from objpub.errors import Invalid
from objpub.errors import NotFound
from objpub.errors import NotPossible
from objpub.schema import field
from objpub.schema import schema_of


def encoded(width, height, kind="PNG", mode="RGB", colour=None, **options):
    file = io.BytesIO()
    Pillow.new(mode, (width, height), colour).save(file, kind, **options)
    return file.getvalue()


def png_that_claims(width, height):
    """Return a small PNG whose header says that it is huge."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


def test_an_image_has_measures_and_words():
    image = Image.from_bytes(encoded(800, 600), "a.png", alt="A tide", title="Tide")
    assert (image.width, image.height, image.media_type) == (800, 600, "image/png")
    assert (image.alt, image.title) == ("A tide", "Tide")
    assert image.is_image
    assert image.is_inline


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF"])
def test_kinds_of_images(kind, tmp_path):
    image = Image.from_bytes(encoded(400, 300, kind), "whatever.txt")
    assert image.media_type == f"image/{kind.lower()}"
    scaled = ScaleCache(tmp_path).of(image, "small")
    with Pillow.open(scaled.path) as picture:
        assert picture.size == (320, 240) == (scaled.width, scaled.height)
        assert Pillow.MIME[picture.format] == scaled.media_type


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"no image",
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"%PDF-1.4",
        b"\x89PNG\r\n\x1a\n",
        encoded(50, 50)[:60],
        encoded(50, 50)[:-20],
        encoded(200, 200, "JPEG")[:-200],
        encoded(50, 50, "BMP"),
        b"GIF89a",
        b"RIFF\x10\0\0\0WEBPVP8 ",
        b"\xff\xd8\xff\xe0",
    ],
)
def test_what_is_no_image_or_damaged_is_refused(data):
    with pytest.raises(Invalid) as caught:
        Image.from_bytes(data, "a.png")
    assert list(caught.value.errors) == ["upload"]
    assert "wanted an uploaded image" in caught.value.errors["upload"]


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (20_000, 20_000),
        (10_000, 9_500),
        (100_000, 100),
        (MAXIMUM_PIXELS + 1, 1),
        (8_001, 8_000),
        (2**31 - 1, 2**31 - 1),
    ],
)
def test_a_small_file_with_a_huge_picture_is_refused_before_it_is_unpacked(width, height):
    with pytest.raises(Invalid) as caught:
        Image.from_bytes(png_that_claims(width, height), "bomb.png")
    message = caught.value.errors["upload"]
    assert "pixels" in message


def test_a_small_file_that_goes_over_a_large_picture_again_and_again_is_refused(tmp_path):
    whole = encoded(4_000, 3_000, "JPEG", "L", progressive=True)
    assert Image.from_bytes(whole, "progressive.jpg").width == 4_000
    scan = whole[whole.rindex(b"\xff\xda") : -2]
    with pytest.raises(Invalid, match="scans"):
        Image.from_bytes(whole[:-2] + 20 * scan + whole[-2:], "again.jpg")
    with pytest.raises(NotPossible, match="scans"):
        source = io.BytesIO(whole[:-2] + 20 * scan + whole[-2:])
        make_smaller(source, tmp_path / "small.jpg", "image/jpeg", Shape(320))
    small = encoded(300, 200, "JPEG", "L", progressive=True)
    scan = small[small.rindex(b"\xff\xda") : -2]
    assert Image.from_bytes(small[:-2] + 20 * scan + small[-2:], "small.jpg").width == 300


def test_a_photograph_that_lies_on_its_side_is_measured_and_scaled_upright(tmp_path):
    exif = Pillow.Exif()
    exif[0x0112] = 6  # turn clockwise to see it
    exif[0x010E] = "secret place"
    file = io.BytesIO()
    picture = Pillow.new("RGB", (400, 200), "white")
    picture.paste("red", (0, 0, 200, 200))  # the left half will be the upper one
    picture.save(file, "JPEG", exif=exif, comment=b"secret comment")
    assert b"secret place" in file.getvalue()
    image = Image.from_bytes(file.getvalue(), "a.jpg")
    assert (image.width, image.height) == (200, 400)
    scaled = ScaleCache(tmp_path).of(image, "small")
    assert (scaled.width, scaled.height) == (200, 400)
    with Pillow.open(scaled.path) as picture:
        assert picture.size == (200, 400)
        assert picture.getpixel((100, 20))[1] < 60  # red above
        assert picture.getpixel((100, 380))[1] > 200  # white below
        assert not picture.getexif()
        assert "comment" not in picture.info
    assert b"secret" not in scaled.path.read_bytes()


@pytest.mark.parametrize("kind", ["PNG", "WEBP", "AVIF", "GIF"])
def test_metadata_does_not_get_into_scales(kind, tmp_path):
    exif = Pillow.Exif()
    exif[0x010E] = "secret place"
    options = {"GIF": {"comment": b"secret"}}.get(kind, {"exif": exif})
    image = Image.from_bytes(encoded(400, 300, kind, **options), "a")
    for name in SCALES:
        assert b"secret" not in ScaleCache(tmp_path).of(image, name).path.read_bytes()


def test_a_colour_profile_stays_because_colours_would_be_wrong_without_it(tmp_path):
    image = Image.from_bytes(encoded(400, 300, icc_profile=b"profile" * 20), "a.png")
    with Pillow.open(ScaleCache(tmp_path).of(image, "small").path) as picture:
        assert picture.info["icc_profile"] == b"profile" * 20


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("1", "PNG"),
        ("L", "PNG"),
        ("LA", "PNG"),
        ("P", "PNG"),
        ("P", "GIF"),
        ("RGBA", "PNG"),
        ("I;16", "PNG"),
        ("RGBA", "WEBP"),
        ("L", "JPEG"),
        ("CMYK", "JPEG"),
    ],
)
def test_all_colour_modes_can_be_scaled(mode, kind, tmp_path):
    image = Image.from_bytes(encoded(700, 70, kind, mode), "a")
    for name in SCALES:
        scaled = ScaleCache(tmp_path).of(image, name)
        with Pillow.open(scaled.path) as picture:
            picture.load()
            assert picture.size == (scaled.width, scaled.height)


def test_transparency_stays(tmp_path):
    image = Image.from_bytes(encoded(400, 400, "PNG", "RGBA", (255, 0, 0, 0)), "a.png")
    with Pillow.open(ScaleCache(tmp_path).of(image, "small").path) as picture:
        assert picture.getpixel((5, 5))[3] == 0


def test_scales_have_fixed_widths_and_nothing_is_made_larger(tmp_path):
    image = Image.from_bytes(encoded(1000, 500), "a.png")
    cache = ScaleCache(tmp_path / "made" / "when needed")
    sizes = {name: (scaled.width, scaled.height) for name in SCALES for scaled in [cache.of(image, name)]}
    assert sizes == {
        "thumb": (128, 64),
        "preview": (256, 128),
        "tile": (256, 256),
        "small": (320, 160),
        "medium": (640, 320),
        "large": (960, 480),
        "wide": (1000, 500),
        "full": (1000, 500),
    }
    assert image.srcset == (("small", 320), ("medium", 640), ("large", 960), ("wide", 1000))
    assert Image.from_bytes(encoded(100, 3), "a").srcset == (("small", 100),)
    assert Image.from_bytes(encoded(320, 3), "a").srcset == (("small", 320),)
    assert Image.from_bytes(encoded(5000, 3), "a").srcset[-1] == ("full", 1920)
    thin = cache.of(Image.from_bytes(encoded(5000, 1), "a"), "small")
    assert (thin.width, thin.height) == (320, 1)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_pictures_for_lists_are_whole_and_light(kind, tmp_path):
    image = Image.from_bytes(encoded(30, 20_000 if kind == "PNG" else 600, kind), "a")
    thumb = ScaleCache(tmp_path).of(image, "thumb")
    assert (thumb.height, thumb.media_type) == (128, "image/webp")
    with Pillow.open(thumb.path) as picture:
        assert (picture.format, picture.size) == ("WEBP", (thumb.width, 128))


def test_an_unknown_scale_is_not_found(tmp_path):
    site = Site()
    image = site.add("cat", Image.from_bytes(encoded(10, 10), "a.png"))
    for name in ("huge", "", "../small", "small/"):
        with pytest.raises(NotFound, match=f"Nothing at '/cat/scale/{name}'"):
            ScaleCache(tmp_path).of(image, name)
    assert list(tmp_path.iterdir()) == []


def test_a_scale_is_made_once_and_again_when_the_folder_was_emptied(tmp_path):
    image = Image.from_bytes(encoded(400, 300), "a.png")
    cache = ScaleCache(tmp_path)
    first = cache.of(image, "small")
    first.path.write_bytes(b"kept")
    assert cache.of(image, "small").path.read_bytes() == b"kept"
    first.path.unlink()
    assert cache.of(image, "small").path.read_bytes() != b"kept"
    assert cache.of(Image.from_bytes(encoded(400, 300), "b.png"), "small").path == first.path
    assert cache.of(Image.from_bytes(encoded(400, 301), "b.png"), "small").path != first.path


def test_many_threads_that_want_one_scale_get_a_whole_one(tmp_path):
    image = Image.from_bytes(encoded(900, 900, "JPEG"), "a.jpg")
    data = image.read()
    caches, sizes, errors = [ScaleCache(tmp_path, at_once=2) for _ in range(2)], [], []

    def fetch(cache):
        try:
            own = Image.from_bytes(data, "a.jpg")
            with Pillow.open(cache.of(own, "medium").path) as picture:
                picture.load()
                sizes.append(picture.size)
        except Exception as error:
            errors.append(error)

    threads = [threading.Thread(target=fetch, args=(caches[number % 2],)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert sizes == [(640, 640)] * 8
    assert list(tmp_path.rglob(".making*")) == []


def test_only_so_many_threads_unpack_images_at_once_and_each_scale_is_made_once(tmp_path):
    counted = threading.Lock()
    inside, most, opened = set(), [], []

    class Slow(Image):
        def open(self):
            with counted:
                opened.append(self.sha256)
                inside.add(threading.get_ident())
                most.append(len(inside))
            time.sleep(0.05)
            with counted:
                inside.discard(threading.get_ident())
            return super().open()

    images = [encoded(400, 300, colour=(number, 0, 0)) for number in range(4)]
    cache = ScaleCache(tmp_path, at_once=2)

    def fetch(data):
        cache.of(Slow.from_bytes(data, "a.png"), "small")

    threads = [threading.Thread(target=fetch, args=(data,)) for _ in range(2) for data in images]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert max(most) == 2
    assert len(set(opened)) == 4
    assert len(opened) < 8  # two threads may begin one scale together, but not all of them


def test_a_tile_is_cut_around_the_focal_point(tmp_path):
    file = io.BytesIO()
    picture = Pillow.new("RGB", (1000, 300), "white")
    picture.paste("red", (800, 0, 1000, 300))
    picture.save(file, "PNG")
    cache = ScaleCache(tmp_path)
    right = Image.from_bytes(file.getvalue(), "a.png", focus_x=1.0)
    middle = Image.from_bytes(file.getvalue(), "a.png")
    assert right.focus == (1.0, 0.5)
    assert right.has_focus
    assert not middle.has_focus
    with Pillow.open(cache.of(right, "tile").path) as picture:
        assert picture.getpixel((250, 100)) == (255, 0, 0)
    with Pillow.open(cache.of(middle, "tile").path) as picture:
        assert picture.getpixel((250, 100)) == (255, 255, 255)
    assert cache.of(right, "small").path == cache.of(middle, "small").path
    with pytest.raises(Invalid):
        middle.focus_x = 1.5


def test_an_image_that_breaks_later_leaves_no_half_scale(tmp_path):
    image = Image.from_bytes(encoded(400, 300), "a.png")
    with image._blob.open("w") as blob:
        blob.write(encoded(400, 300)[:100])
    with pytest.raises(NotPossible) as caught:
        ScaleCache(tmp_path).of(image, "small")
    assert "damaged" in str(caught.value)
    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_an_image_comes_back_from_the_database_also_as_a_field(tmp_path):
    class Card(Content):
        photo: Image | None = field(default=None)

    Card.__module__, Card.__qualname__ = __name__, "Card"
    globals()["Card"] = Card
    with closing(open_database("file:site.fs?blobs=blobs", root=tmp_path)) as database:
        with transaction_for(database) as pair:
            put_site(pair.connection, Site())
            site_of(pair.connection).add(
                "card", Card(photo=Image.from_bytes(encoded(640, 480), "a.png", alt="x"))
            )
            pair.manager.commit()
        with transaction_for(database, read_only=True) as pair:
            pair.connection.cacheMinimize()
            photo = site_of(pair.connection)["card"].photo
            assert (photo.width, photo.alt, photo.__name__) == (640, "x", "photo")
            assert ScaleCache(tmp_path / "scales").of(photo, "small").path.exists()


def test_an_upload_that_was_measured_is_not_measured_again(tmp_path):
    (tmp_path / "a.png").write_bytes(encoded(30, 20))
    kind = schema_of(Image)["upload"]
    measured = kind.check(Upload.from_path(tmp_path / "a.png"))
    assert (measured.width, measured.height, measured.media_type) == (30, 20, "image/png")
    assert kind.check(measured) is measured
    assert Image(upload=measured).width == 30


def test_what_an_image_can_hold_is_told_by_its_media_type():
    assert is_image_type("image/png")
    assert not is_image_type("image/svg+xml")
    assert not is_image_type("text/plain")
