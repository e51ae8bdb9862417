"""What new images show, in words for those who cannot see them: asked for on one page for all of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

from objpub.content import Folder
from objpub.content import Image
from objpub.errors import Clash
from objpub.errors import Invalid
from objpub.operations import digests_of
from objpub.operations import edit
from objpub.operations import say
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .permission import check_signed_in
from .permission import visible
from .picking import text_of
from .picking import texts_of

FIELDS = ("title", "alt")
ASKED = 50  # images on one page
LOOKED_AT = 2_000  # children of a folder, to find those without a description


@dataclass(frozen=True)
class Description:
    """An image and what is typed about it. errors: by field. started: the digests the page began with."""

    image: Image
    title: str
    alt: str
    started: dict[str, str]
    errors: dict[str, str]


@view(Folder, "describe", area="manage", permission="view", template="describe.pt")
def ask(folder: Folder, request: Any, pick: tuple[str, ...] = ()) -> Any:
    """Ask what the picked images show; without picks, what those show that nobody has described."""
    check_signed_in(request)
    images = images_called(request, folder, pick) if pick else undescribed(request, folder)
    if not images:
        return request.redirect(folder, area="manage", message="Every image here has its description")
    return page_of(
        request, [Description(each, each.title, each.alt, digests_of(each, FIELDS), {}) for each in images]
    )


@view(Folder, "describe", area="manage", method="POST", permission="view", template="describe.pt")
def describe(
    folder: Folder,
    request: Any,
    pick: tuple[str, ...] = (),
) -> Any:
    """Keep what was typed, all of it or nothing; what others typed meanwhile is not overwritten."""
    check_signed_in(request)
    images = images_called(request, folder, pick)
    if not images:
        return request.redirect(folder, area="manage", message="These images are not here any more")
    typed = [typed_about(request, each, pick.index(str(each.__name__))) for each in images]
    kept = [keep(request, each) for each in typed]
    if any(each.errors for each in kept):
        response = request.page(page_of(request, kept))
        response.status_int = 422
        return response
    if len(kept) > 1:
        say(request.identity, folder, f"Described {len(kept)} images", alone=True)
    what = f"“{kept[0].image.title}”" if len(kept) == 1 else f"{len(kept)} images"
    answer: Response = request.redirect(folder, area="manage", message=f"Saved what {what} shows")
    return answer


def images_called(request: Any, folder: Folder, names: Iterable[str]) -> list[Image]:
    """Return the images in *folder* called *names* that the one who asks sees and may edit."""
    return [each for name in dict.fromkeys(names) if is_asked(request, each := folder.get(name))]


def undescribed(request: Any, folder: Folder) -> list[Image]:
    """Return images in *folder* without a description, at most as many as are asked for at once."""
    some = islice(folder.values(), LOOKED_AT)
    return list(islice((each for each in some if is_asked(request, each) and not each.alt), ASKED))


def is_asked(request: Any, child: Any) -> bool:
    """Is *child* an image that the one who asks can describe?"""
    return isinstance(child, Image) and visible(request, child) and bool(request.can("edit", child))


def typed_about(request: Any, image: Image, number: int) -> Description:
    """Return what was typed about *image*, which stands at place *number* of the form."""
    digests = {name: text_of(request, f"started.{name}.{number}") for name in FIELDS}
    started = {name: text for name, text in digests.items() if text}
    typed = {name: texts_of(request, f"{name}.{number}") for name in FIELDS}
    texts = {name: found[-1] if found else getattr(image, name) for name, found in typed.items()}
    return Description(image, texts["title"], texts["alt"], started, {})


def keep(request: Any, typed: Description) -> Description:
    """Save what was *typed*, and return it, with errors where that is not possible."""
    values = {"title": typed.title, "alt": typed.alt}
    try:
        edit(request.identity, typed.image, values, started_from=typed.started)
    except Invalid as error:
        return Description(typed.image, typed.title, typed.alt, typed.started, dict(error.errors))
    except Clash as clash:
        errors = {
            name: f"Somebody else wrote “{here}” meanwhile. Save again to put yours in its place."
            for name, (here, _) in clash.fields.items()
        }
        return Description(typed.image, typed.title, typed.alt, digests_of(typed.image, FIELDS), errors)
    return typed


def page_of(request: Any, descriptions: list[Description]) -> dict[str, Any]:
    """Return the page that asks."""
    number = len(descriptions)
    heading = "What does this image show?" if number == 1 else f"What do these {number} images show?"
    return framed(request, "contents", heading, descriptions=descriptions)
