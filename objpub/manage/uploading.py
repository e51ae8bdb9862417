"""Several files at once, into a folder: those that can be taken are, and each of the others says why not."""

from dataclasses import dataclass
from typing import Any

from objpub.content import File
from objpub.content import Folder
from objpub.content import title_of
from objpub.content import Upload
from objpub.errors import NotPossible
from objpub.errors import Refused
from objpub.lineage import path_of
from objpub.operations import say
from objpub.views import Response
from objpub.views import view

from .frame import framed
from .permission import check_signed_in
from .picking import text_of
from .taking import sentence_for
from .taking import take

FIELD = "files"
MOST_DESCRIBED = 40  # names in an address; of more images those without a description are asked for


@dataclass(frozen=True)
class Taken:
    """What became of one file. filename: as it came. added: what is in the folder now, else an error."""

    filename: str
    added: File | None
    error: str = ""


@view(Folder, "upload", area="manage", permission="add", template="upload.pt")
def choose(folder: Folder, request: Any) -> dict[str, Any]:
    """Ask for files."""
    check_signed_in(request)
    return page_of(request, [])


@view(Folder, "upload", area="manage", method="POST", permission="add", template="upload.pt")
def upload(folder: Folder, request: Any) -> Any:
    """Take the files of the form.

    A script, which wants JSON, is told in "files" what was added, or with the status why a single one could
    not be; of several, each that could not be has its "error". It can say as "alt" what a single image shows.
    """
    check_signed_in(request)
    uploads = [each for each in request.form.all(FIELD) if isinstance(each, Upload)]
    if wants_json(request):
        return request.json({"files": told(request, folder, uploads)})
    if not uploads:
        return refused(request, [], "No file was chosen.")
    taken, added = take_all(request, folder, uploads)
    if not added:
        return refused(request, taken)
    if len(added) < len(taken):
        return page_of(request, taken)
    return next_page(request, folder, added)


def told(request: Any, folder: Folder, uploads: list[Upload]) -> list[dict[str, Any]]:
    """Take *uploads*, and return what a script is told of each. Raises NotPossible for a single one."""
    if not uploads:
        raise NotPossible(f"Wanted files in {FIELD!r}, got none")
    if len(uploads) == 1:
        return [described(request, take_one(request, folder, uploads[0]))]
    taken, _ = take_all(request, folder, uploads)
    return [
        {"filename": each.filename, "error": each.error}
        if each.added is None
        else described(request, each.added)
        for each in taken
    ]


def take_all(request: Any, folder: Folder, uploads: list[Upload]) -> tuple[list[Taken], list[File]]:
    """Return what became of each of *uploads*, and what is in *folder* now."""
    taken = [tried(request, folder, each) for each in uploads]
    added = [each.added for each in taken if each.added is not None]
    if len(added) > 1:
        say(
            request.identity,
            folder,
            f"Added {counted(added)} to “{title_of(folder)}”",
            alone=True,
        )
    return taken, added


def take_one(request: Any, folder: Folder, upload: Upload) -> File:
    """Return what was made of *upload*. Raises NotPossible with a sentence for people."""
    try:
        return take(request, folder, upload, text_of(request, "alt").strip())
    except Refused as error:
        raise NotPossible(sentence_for(error)) from error


def tried(request: Any, folder: Folder, upload: Upload) -> Taken:
    """Return what became of *upload*."""
    try:
        return Taken(upload.filename, take(request, folder, upload))
    except Refused as error:
        return Taken(upload.filename, None, sentence_for(error))


def next_page(request: Any, folder: Folder, added: list[File]) -> Response:
    """Return the way on: to the page that asks what the images show, else to the folder."""
    images = [each.__name__ for each in added if each.is_image]
    request.message(f"Added {counted(added)}")
    picks = images if len(images) <= MOST_DESCRIBED else []
    target = request.url(folder, "@@describe", area="manage", pick=picks) if images else folder
    answer: Response = request.redirect(target, area="manage")
    return answer


def refused(request: Any, taken: list[Taken], error: str = "") -> Response:
    """Return the page that says why nothing was added."""
    response: Response = request.page(page_of(request, taken, error))
    response.status_int = 422
    return response


def page_of(request: Any, taken: list[Taken], error: str = "") -> dict[str, Any]:
    """Return the page that asks for files, below what became of those that came."""
    images = [each.added.__name__ for each in taken if each.added is not None and each.added.is_image]
    return framed(
        request,
        "contents",
        "Add files",
        taken=taken,
        error=error,
        images=images if len(images) <= MOST_DESCRIBED else [],
        has_images=bool(images),
        most=request.settings.limits.body_bytes,
    )


def described(request: Any, file: File) -> dict[str, Any]:
    """Return what a script is told of a file that was added."""
    return {
        "name": file.__name__,
        "path": path_of(file),
        "address": request.url(file),
        "title": file.title or file.filename,
        "url": request.url(file, area="manage"),
        "image": file.is_image,
        "preview": thumb(request, file) if file.is_image else None,
    }


def thumb(request: Any, image: File) -> str:
    """Return the address of a small picture of *image*."""
    address: str = request.url(image, "scale/thumb", v=getattr(image, "scale_version", None))
    return address


def counted(added: list[File]) -> str:
    """Return in words how many there are: “tides.jpg”, or 3 images, or 4 files."""
    if len(added) == 1:
        return f"“{added[0].title or added[0].filename}”"
    return f"{len(added)} {'images' if all(each.is_image for each in added) else 'files'}"


def wants_json(request: Any) -> bool:
    """Does a script ask, rather than a browser on its own?"""
    return "application/json" in request.environ.get("HTTP_ACCEPT", "")
