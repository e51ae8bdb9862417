"""Images: files with a picture in them, measures, words for those who cannot see it, and scales."""

from dataclasses import dataclass
from typing import Any

from objpub.errors import NotPossible
from objpub.schema import field

from .files import File
from .files import Upload
from .files import UploadKind
from .pixels import FORMATS
from .pixels import measure
from .scales import srcset_of
from .scales import version_of


class ImageKind(UploadKind):
    """The bytes of an image, as a field of it."""

    wanted = "an uploaded image"

    def check(self, value: Any) -> Any:
        """Return the upload with the measures of its picture. Raises ValueError where there is none."""
        if isinstance(value, ImageUpload):
            return value
        upload = super().check(value)
        media_type = upload.real_media_type()
        try:
            measures = measure(upload.path, media_type, upload.pixels)
        except NotPossible as error:
            raise ValueError(f"wanted {self.wanted}: {error}") from error
        seen = {"media_type": media_type, "width": measures.width, "height": measures.height}
        return ImageUpload(**{**vars(upload), **seen})


@dataclass(frozen=True)
class ImageUpload(Upload):
    """An upload that was seen to be an image. width, height: in pixels, upright."""

    width: int = 0
    height: int = 0

    field_kind = ImageKind


class Image(File, addable="anywhere", icon="image"):
    """A picture."""

    upload: ImageUpload = field(title="Image")
    alt: str = field(
        default="",
        title="Alternative text",
        description="What the picture shows, for those who cannot see it.",
    )
    focus_x: float | None = field(
        default=None,
        ge=0,
        le=1,
        title="Focal point, from left",
        description="What stays where the picture is cut: 0 is the left edge, 1 the right one.",
        folded=True,
    )
    focus_y: float | None = field(
        default=None,
        ge=0,
        le=1,
        title="Focal point, from top",
        description="What stays where the picture is cut: 0 is the upper edge, 1 the lower one.",
        folded=True,
    )

    _width = 0
    _height = 0

    @property
    def width(self) -> int:
        """Width in pixels, upright."""
        return self._width

    @property
    def height(self) -> int:
        """Height in pixels, upright."""
        return self._height

    @property
    def is_image(self) -> bool:
        """Is there a picture with scales?"""
        return True

    @property
    def has_focus(self) -> bool:
        """Did somebody say what the picture is about?"""
        return self.focus_x is not None or self.focus_y is not None

    @property
    def focus(self) -> tuple[float, float]:
        """The point, from (0, 0) at the upper left to (1, 1), that stays where the picture is cut."""
        return (
            0.5 if self.focus_x is None else self.focus_x,
            0.5 if self.focus_y is None else self.focus_y,
        )

    @property
    def srcset(self) -> tuple[tuple[str, int], ...]:
        """The scales there are by name, with their width in pixels, narrowest first."""
        return srcset_of(self._width)

    @property
    def scale_version(self) -> str:
        """A text that changes with what the scales show; with it in their addresses, browsers keep them."""
        return version_of(self)

    def _measure(self, upload: Any, media_type: str) -> dict[str, Any]:
        return {"_media_type": media_type, "_width": upload.width, "_height": upload.height}


def is_image_type(media_type: str) -> bool:
    """Can an `Image` hold what is of *media_type*?"""
    return media_type in FORMATS
