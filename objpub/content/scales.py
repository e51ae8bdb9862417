"""Smaller pictures of an image, kept as files beside the database: made when first asked for."""

import os
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from objpub.errors import NotFound
from objpub.lineage import path_of
from objpub.settings import private_folder

from .pixels import make_smaller
from .pixels import Measures
from .pixels import saved_as
from .pixels import Shape

#: The scales every image has: name → shape in pixels. "tile" is cut to a square around the focal point.
#: "thumb" and "preview" are for people at work, who look at many: light, whole, and in no `srcset`.
SCALES = {
    "thumb": Shape(128, is_light=True),
    "preview": Shape(256, is_light=True),
    "tile": Shape(256, 256),
    "small": Shape(320),
    "medium": Shape(640),
    "large": Shape(960),
    "wide": Shape(1280),
    "full": Shape(1920),
}

#: (name, width, height) of the scales that are cut to a shape: those that a focal point counts for.
CUTS = tuple((name, shape.width, shape.height) for name, shape in SCALES.items() if shape.height)

#: Part of the files' names; another number when the way of making them changes.
EDITION = 1


@dataclass(frozen=True)
class ScaledImage:
    """A smaller picture: a file, what is in it, and its measures in pixels."""

    path: Path
    media_type: str
    width: int
    height: int


class ScaleCache:
    """Scales as files in a folder. It may be emptied at any time: what is asked for again is made again."""

    def __init__(self, folder: str | Path, *, at_once: int = 2) -> None:
        """folder: where the files are, made if need be. at_once: how many threads may unpack images."""
        self.folder = Path(folder)
        self._turns = threading.BoundedSemaphore(at_once)

    def of(self, image: Any, name: str) -> ScaledImage:
        """Return the scale called *name* of *image*, made now if it is not there yet.

        A file is named for the bytes of its image, so that a new upload has new scales.
        Raises NotFound if there is no such scale, NotPossible if the image is damaged.
        """
        shape = SCALES.get(name)
        if shape is None:
            raise NotFound(f"{path_of(image)}/scale/{name}", path_of(image), f"scale/{name}", image)
        media_type, ending, _ = saved_as(image.media_type, shape)
        point = point_of(image) if shape.height else ""
        path = self.folder / image.sha256[:2] / f"{image.sha256[2:]}-{EDITION}-{name}{point}{ending}"
        if not path.exists():
            with self._turns:
                if not path.exists():
                    write(image, path, shape)
        measures = shape.fit(Measures(image.width, image.height))
        return ScaledImage(path, media_type, measures.width, measures.height)


def write(image: Any, path: Path, shape: Shape) -> None:
    """Make the scale of *image* at *path*: whole or not at all, also when several threads make it."""
    private_folder(path.parent)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".making-")
    os.close(handle)
    making = Path(name)
    try:
        with image.open() as source:
            make_smaller(source, making, image.media_type, shape, image.focus)
        making.replace(path)
    finally:
        making.unlink(missing_ok=True)


def version_of(image: Any) -> str:
    """Return a text that changes with what any scale of *image* shows."""
    return f"{image.sha256[:12]}{point_of(image)}"


def point_of(image: Any) -> str:
    """Return where the focal point of *image* is, if somebody said so, as a part of a name."""
    return f"-{image.focus[0]:.3f}-{image.focus[1]:.3f}" if image.has_focus else ""


def srcset_of(width: int) -> tuple[tuple[str, int], ...]:
    """Return (scale name, width in pixels) of the scales that an image *width* pixels wide has.

    Narrowest first; the first scale that takes the whole image is the last.
    """
    found = []
    for name, shape in SCALES.items():
        if shape.height is None and not shape.is_light:
            found.append((name, min(shape.width, width)))
            if shape.width >= width:
                break
    return tuple(found)
