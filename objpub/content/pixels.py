"""Pictures as Pillow sees them: measured, made smaller, turned upright. Files in, files out."""

import re
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from typing import IO
from typing import TYPE_CHECKING

from objpub.errors import NotPossible
from objpub.libraries import later

if TYPE_CHECKING:
    from PIL import Image as Pillow
    from PIL import ImageOps
else:
    Pillow = later("PIL.Image")
    ImageOps = later("PIL.ImageOps")

#: Most pixels an image may have; a larger one is refused before anything is unpacked. A telephone's largest
#: photograph has 50 million. Unpacked, 64 million take 256 MB at most, and only while a scale is made.
MAXIMUM_PIXELS = 64_000_000

#: Up to how many pixels a photograph is looked through when it comes, to find damage. A larger one could need
#: more than 150 MB for that, in each thread that takes uploads.
LOOKED_THROUGH_PIXELS = 24_000_000

#: How often a JPEG may go over its picture: progressive ones do so about ten times, and each time takes as
#: long as a whole picture, though it can have next to no bytes. More often only within so many pixels in all.
MAXIMUM_SCANS = 16
SCANNED_PIXELS = 100_000_000
START_OF_SCAN = b"\xff\xda"  # nothing within a scan looks like that
BLOCK_BYTES = 1_000_000

#: Longest side in pixels: what JPEG can say.
MAXIMUM_SIDE = 65_535

#: Media types an image may have → what Pillow calls them.
FORMATS = {
    "image/avif": "AVIF",
    "image/gif": "GIF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
}

#: Media type of an image → (media type of its scales, ending, options for saving).
SAVED_AS: dict[str, tuple[str, str, dict[str, Any]]] = {
    "image/avif": ("image/webp", ".webp", {"quality": 80}),
    "image/gif": ("image/png", ".png", {}),
    "image/jpeg": ("image/jpeg", ".jpg", {"quality": 82, "optimize": True, "progressive": True}),
    "image/png": ("image/png", ".png", {}),
    "image/webp": ("image/webp", ".webp", {"quality": 80}),
}
LIGHT: tuple[str, str, dict[str, Any]] = ("image/webp", ".webp", {"quality": 60, "method": 6})  # of any image

ORIENTATION = 0x0112  # the tag of EXIF; 5 to 8 are lying on their side

#: What Pillow's decoders raise for damaged files.
DAMAGED = (
    ArithmeticError,
    EOFError,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,
    TypeError,
    ValueError,
    Warning,
    struct.error,
    zlib.error,
)


@dataclass(frozen=True)
class Measures:
    """Width and height of an image in pixels, upright."""

    width: int
    height: int


@dataclass(frozen=True)
class Shape:
    """What a smaller picture should be: at most *width* wide; with a *height*, cut to fill both.

    is_light: is it for looking things over? Then it is at most as high as wide, and few bytes matter more
    than fine lines.
    """

    width: int
    height: int | None = None
    is_light: bool = False

    def fit(self, measures: Measures) -> Measures:
        """Return the measures that a picture of *measures* gets; nothing is made larger."""
        if self.is_light:
            share = min(1.0, self.width / max(measures.width, measures.height))
            return Measures(max(1, round(measures.width * share)), max(1, round(measures.height * share)))
        width = min(self.width, measures.width)
        if self.height is None:
            return Measures(width, max(1, round(measures.height * width / measures.width)))
        return Measures(width, min(self.height, measures.height))


def measure(source: Path, media_type: str, most: int = MAXIMUM_PIXELS) -> Measures:
    """Return the measures of an image, read from its header.

    most: pixels it may have. Raises NotPossible for a media type that is no image here, a damaged file, and
    one with too many pixels.
    """
    if media_type not in FORMATS:
        known = ", ".join(name.removeprefix("image/") for name in FORMATS)
        raise NotPossible(f"An image is one of {known}, not {media_type!r}")
    try:
        with Pillow.open(source, formats=[FORMATS[media_type]]) as picture:
            refuse_too_large(picture.size, most)
            with source.open("rb") as file:
                refuse_many_scans(file, media_type, picture.size)
            picture.verify()
        with Pillow.open(source, formats=[FORMATS[media_type]]) as picture:
            measures = upright_size(picture)
            if media_type == "image/jpeg" and picture.width * picture.height <= LOOKED_THROUGH_PIXELS:
                picture.draft(None, (64, 64))  # an eighth of the pixels: enough to see that all are there
                picture.load()
    except (Pillow.DecompressionBombError, Pillow.DecompressionBombWarning) as error:
        raise NotPossible(
            f"The image has {pixels_in(error)} pixels; at most {most:,} are possible"
        ) from error
    except DAMAGED as error:
        raise NotPossible(f"The image is damaged or too large: {error}") from error
    return measures


def pixels_in(error: BaseException) -> str:
    """Return the number of pixels that Pillow's guard met, in words."""
    found = re.search(r"\d+", str(error))
    return f"{int(found[0]):,}" if found else "too many"


def refuse_too_large(size: tuple[int, int], most: int = MAXIMUM_PIXELS) -> None:
    """Raise NotPossible for an image of more pixels than can be handled."""
    width, height = size
    if width * height > most or max(size) > MAXIMUM_SIDE or min(size) < 1:
        raise NotPossible(
            f"The image has {width} by {height} pixels; at most {most:,} and {MAXIMUM_SIDE:,} a side are"
            " possible"
        )


def refuse_many_scans(source: IO[bytes], media_type: str, size: tuple[int, int]) -> None:
    """Raise NotPossible for a JPEG of *size* that goes over its picture so often that it would take minutes.

    source: is left where it is.
    """
    if media_type != "image/jpeg":
        return
    before = source.tell()
    source.seek(0)
    scans, last = 0, b""
    while block := source.read(BLOCK_BYTES):
        scans += (last + block).count(START_OF_SCAN)
        last = block[-1:]
    source.seek(before)
    if scans > MAXIMUM_SCANS and scans * size[0] * size[1] > SCANNED_PIXELS:
        raise NotPossible(f"The image is made of {scans:,} scans; at most {MAXIMUM_SCANS} are possible")


def upright_size(picture: "Pillow.Image") -> Measures:
    """Return the measures of *picture* as it is meant to be seen."""
    width, height = picture.size
    try:
        lying = picture.getexif().get(ORIENTATION, 1) in {5, 6, 7, 8}
    except DAMAGED:
        lying = False
    return Measures(height, width) if lying else Measures(width, height)


def make_smaller(
    source: IO[bytes], target: Path, media_type: str, shape: Shape, focus: tuple[float, float] = (0.5, 0.5)
) -> Measures:
    """Write the image *source*, in *shape*, upright and without its metadata, to the file *target*.

    focus: the point, from (0, 0) to (1, 1), that stays in the picture where it is cut.
    Raises NotPossible for a damaged file.
    """
    target_type, _, options = saved_as(media_type, shape)
    try:
        with Pillow.open(source, formats=[FORMATS[media_type]]) as picture:
            refuse_too_large(picture.size)
            refuse_many_scans(source, media_type, picture.size)
            measures = upright_size(picture)
            goal = shape.fit(measures)
            cover = covering(measures, goal)
            picture.draft(None, (max(cover), max(cover)))  # JPEG unpacks to half, a quarter, an eighth
            upright = plain_colours(ImageOps.exif_transpose(picture), media_type)
            small = upright.resize(cover, Pillow.Resampling.LANCZOS, reducing_gap=3.0)
            small = small.crop(window(cover, goal, focus))
            profile = profile_of(picture)
            small.info.clear()
            small.save(target, FORMATS[target_type], icc_profile=profile, **options)
    except (*DAMAGED, Pillow.DecompressionBombError) as error:
        raise NotPossible(f"The image is damaged: {error}") from error
    return goal


def saved_as(media_type: str, shape: Shape) -> tuple[str, str, dict[str, Any]]:
    """Return how an image of *media_type* is saved in *shape*: its media type, an ending, options."""
    return LIGHT if shape.is_light else SAVED_AS[media_type]


def covering(measures: Measures, goal: Measures) -> tuple[int, int]:
    """Return the size that *measures* must be scaled to so that it covers *goal*."""
    factor = max(goal.width / measures.width, goal.height / measures.height)
    return (
        max(goal.width, round(measures.width * factor)),
        max(goal.height, round(measures.height * factor)),
    )


def window(size: tuple[int, int], goal: Measures, focus: tuple[float, float]) -> tuple[int, int, int, int]:
    """Return the box of *goal*'s measures within *size* that has *focus* as near to its middle as it can."""
    left, top = (
        min(max(round(length * point - wanted / 2), 0), length - wanted)
        for length, wanted, point in zip(size, (goal.width, goal.height), focus, strict=True)
    )
    return left, top, left + goal.width, top + goal.height


def plain_colours(picture: "Pillow.Image", media_type: str) -> "Pillow.Image":
    """Return *picture* in colours that can be scaled and saved: RGB, grey, or RGB with transparency."""
    if media_type != "image/jpeg" and picture.has_transparency_data:
        return picture.convert("RGBA")
    return picture if picture.mode in {"RGB", "L"} else picture.convert("RGB")


def profile_of(picture: "Pillow.Image") -> bytes | None:
    """Return the colour profile to keep: it says nothing about people, and without it colours are wrong."""
    profile = picture.info.get("icc_profile")
    fits = picture.mode in {"RGB", "RGBA", "L", "P"} and profile and len(profile) < 100_000
    return profile if fits else None
