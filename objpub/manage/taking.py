"""Taking a file in: what kind of thing becomes of it, and what that is called."""

from pathlib import PurePosixPath
from typing import Any

from objpub.content import addable_in
from objpub.content import check_name
from objpub.content import File
from objpub.content import Folder
from objpub.content import Image
from objpub.content import is_image_type
from objpub.content import name_from
from objpub.content import title_of
from objpub.content import unique_name
from objpub.content import Upload
from objpub.errors import BadName
from objpub.errors import Invalid
from objpub.errors import NotPossible
from objpub.errors import Refused
from objpub.operations import add_new

LONGEST_ENDING = 12  # characters of ".jpeg" and the like; what is longer belongs to the name
LONGEST_TITLE = 200
WANTED = "wanted an uploaded image: "  # nobody asked for one who dropped a file


def take(request: Any, folder: Folder, upload: Upload, alt: str = "") -> File:
    """Add *upload* to *folder*: an image where it is one, else a file; named for its file name.

    alt: what an image shows. Raises Refused, which says in a sentence why it cannot be.
    """
    media_type = upload.real_media_type()
    kind = kind_for(request.registry, folder, media_type)
    if not upload.size:
        raise NotPossible("It is empty.")
    values = {"upload": upload, "title": title_from(upload.filename)}
    if alt and issubclass(kind, Image):
        values["alt"] = alt
    added: File = add_new(request.identity, folder, kind, values, name_for(folder, upload.filename))
    request.made = added
    return added


def kind_for(registry: Any, folder: Folder, media_type: str) -> type[File]:
    """Return the class that takes in what is of *media_type*, as far as it may be added in *folder*.

    Image and File themselves come before classes of the site. Raises NotPossible where nothing takes it.
    """
    possible = [each.kind for each in addable_in(registry, folder) if issubclass(each.kind, File)]
    possible.sort(key=lambda kind: kind not in {File, Image})
    images = [kind for kind in possible if issubclass(kind, Image)]
    files = [kind for kind in possible if not issubclass(kind, Image)]
    fitting = (images or files) if is_image_type(media_type) else files
    if fitting:
        return fitting[0]
    if images:
        raise NotPossible(f"Only images can be added to “{title_of(folder)}”, and this is {media_type}.")
    raise NotPossible(f"Files cannot be added to “{title_of(folder)}”.")


def name_for(folder: Folder, filename: str) -> str:
    """Return a free name in *folder* made from *filename*: "Ferry at dusk.JPG" → "ferry-at-dusk.jpg"."""
    start, ending = taken_apart(filename)
    name = name_from(start, Folder(), fallback="file") + ending.lower()
    try:
        return unique_name(check_name(name, folder), folder)
    except BadName:  # a view is called so
        return name_from(f"{start} file", folder)


def title_from(filename: str) -> str:
    """Return the title for what came as *filename*: its name without its ending."""
    start, _ = taken_apart(filename)
    return " ".join(start.replace("_", " ").split())[:LONGEST_TITLE]


def taken_apart(filename: str) -> tuple[str, str]:
    """Return (start, ending) of *filename*, without the folders of whoever sent it."""
    name = PurePosixPath(filename.replace("\\", "/")).name
    ending = PurePosixPath(name).suffix
    if len(ending) > LONGEST_ENDING or not ending[1:].isalnum() or not ending.isascii():
        ending = ""
    start = name.removesuffix(ending)
    return "".join(each for each in start if each.isprintable()), ending


def sentence_for(refusal: Refused) -> str:
    """Return, for people, why a file was not taken."""
    if isinstance(refusal, Invalid):
        text = "; ".join(each.removeprefix(WANTED) for each in refusal.errors.values())
        return f"{text[:1].upper()}{text[1:].rstrip('.')}."
    return f"{str(refusal).rstrip('.')}."


def takes_files(registry: Any, folder: Folder) -> bool:
    """Can files of any kind be added in *folder*?"""
    return any(issubclass(each.kind, File) for each in addable_in(registry, folder))


def takes_images(request: Any, folder: Folder) -> bool:
    """May whoever asks add images in *folder*?"""
    kinds = addable_in(request.registry, folder)
    return any(issubclass(each.kind, Image) for each in kinds) and bool(request.can("add", folder))
