"""Backup and restore of a file database: its records by repozo, then the blobs they refer to.

A folder of backups holds, for each backup, one file of records (`.fs` for a full one, `.deltafs` for what
came since) with its index and checksums, and under `blobs` every blob file that one of them needs. Blob files
never change, so where the disk is the same they are linked instead of copied.
"""

import hashlib
import os
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ZODB.blob import LAYOUT_MARKER

from objpub.errors import DatabaseError
from objpub.libraries import later
from objpub.settings import close_for_others
from objpub.settings import private_file
from objpub.settings import private_folder

from .moments import cut_behind
from .moments import end_of
from .moments import told
from .places import blob_files
from .watching import NOBODY
from .watching import Watch

if TYPE_CHECKING:
    from ZODB.scripts import repozo
else:
    repozo = later("ZODB.scripts.repozo")

#: How often a backup begins anew when a pack of another process replaced the file under it.
ATTEMPTS = 3
#: The name under which repozo writes records, until they are complete.
COPYING = "tmp.tmp"
#: What is restored has this behind its name until it is complete.
COMING = ".coming"
#: The list with the SHA-256 of all files of blobs, as `sha256sum` writes it.
SUMS = "blobs.sha256"


@dataclass
class Options:
    """What repozo reads from its command line. date: "2026-11-21-12-00-00", UTC, or None for the latest."""

    repository: str
    file: str | None = None
    output: str | None = None
    date: str | None = None
    full: bool = False
    quick: bool = True
    gzip: bool = False
    killold: bool = False
    withverify: bool = True


@dataclass(frozen=True)
class BackedUp:
    """What a backup did.

    files: those it wrote, none where nothing was new. blobs: how many were added. full: was everything
    copied, not only what is new?
    """

    files: tuple[Path, ...]
    blobs: int
    full: bool


def back_up(
    file: Path, blobs: Path | None, folder: Path, *, full: bool = False, watch: Watch = NOBODY
) -> BackedUp:
    """Back up the database in *file*, with the folder *blobs*, into *folder*, as of now.

    It may be open, in this process or another, and be written to. full: copy everything. watch: may stop it
    before the records are copied, and while the files of blobs are. Raises DatabaseError.
    """
    if not file.exists():
        raise DatabaseError(f"There is no database at {file}")
    if blobs is not None and (folder / "blobs").resolve() == blobs.resolve():
        raise DatabaseError(f"{folder} holds the files of the database itself: name another folder")
    folder_for_backups(folder)
    for _ in range(ATTEMPTS):
        watch.step(0)
        identity = file.stat().st_ino
        known = set(folder.iterdir())
        sums = {path: path.read_bytes() for path in folder.glob("*.dat")}
        wait_for_next_name(folder)
        try:
            private_file(folder / COPYING)
            watch.measure(lambda: (size_of(folder / COPYING), 2 * max(size_of(file), 1)))
            repozo.do_backup(Options(str(folder), file=str(file), full=full))
            whole = file.stat().st_ino == identity
        except AssertionError:  # the file became shorter while it was read
            whole = False
        except OSError as error:
            take_back(folder, known, sums)
            raise DatabaseError(f"Cannot back up to {folder}: {error}") from error
        finally:
            watch.measure(None)
        if whole:
            (folder / COPYING).unlink(missing_ok=True)  # nothing was new
            name_sums_plainly(folder)
            for path in set(folder.iterdir()) - known:
                close_for_others(path)
            try:
                added = add_blobs(blobs, folder, watch)
            except BaseException:  # somebody stopped it: without its files it would be none
                take_back(folder, known, sums)
                raise
            files = tuple(sorted(records_in(folder) - known))
            return BackedUp(files, added, any(each.suffix == ".fs" for each in files))
        take_back(folder, known, sums)
    raise DatabaseError(f"{file} was packed {ATTEMPTS} times while it was backed up; try again later")


def add_blobs(blobs: Path | None, folder: Path, watch: Watch) -> int:
    """Add the files in *blobs* that the backup in *folder* needs, and return how many came."""
    last = last_transaction_in(folder)
    added = copy_blobs(blobs, folder / "blobs", last, watch=watch) if blobs else 0
    note_blob_sums(folder)
    return added


def size_of(path: Path) -> int:
    """Return the size of the file at *path*; 0 where there is none."""
    return path.stat().st_size if path.exists() else 0


def folder_for_backups(folder: Path) -> None:
    """Make *folder* if it is not there. Raises DatabaseError."""
    try:
        private_folder(folder)
    except OSError as error:
        raise DatabaseError(f"Cannot back up to {folder}: {error.strerror or error}") from error


def restore(folder: Path, file: Path, blobs: Path | None = None, *, moment: str | None = None) -> None:
    """Write the database that was backed up in *folder* to *file*, and its blobs to the folder *blobs*.

    moment: the state of that second, UTC, "2026-11-21-12-00-00", if a backup that is not older holds it, else
    the latest backup not after it; None: the last. Of a beginning of a moment only backups are looked for.
    Checksums are compared. Raises DatabaseError if something stands there already, if there is no backup, or
    if one is damaged; nothing is left half restored.
    """
    for place in (file, blobs):
        if place is not None and place.exists() and (place.is_file() or any(place.iterdir())):
            raise DatabaseError(f"{place} exists: a restore does not overwrite, move it away first")
    if not file.parent.is_dir():
        private_folder(file.parent)
    try:
        if not folder.is_dir():
            raise repozo.NoFiles(f"there is no folder {folder}")
        recover(folder, file, blobs, moment)
    except (repozo.RepozoError, OSError, KeyError, ValueError) as error:
        remove_restored(file, blobs)
        raise DatabaseError(f"Cannot restore from {folder}: {error}") from error
    except BaseException:
        remove_restored(file, blobs)
        raise


def recover(folder: Path, file: Path, blobs: Path | None, moment: str | None) -> None:
    """Write blobs and records; the file gets its name last."""
    coming = file.with_name(file.name + COMING)
    private_file(coming.with_name(coming.name + ".part"))
    later = next_moment_in(folder, moment)
    last = end_of(moment) if moment is not None else None
    if later is None or last is None or not recover_cut(folder, coming, later, last):
        refuse_without_backup(folder, moment)
        repozo.do_recover(Options(str(folder), output=str(coming), date=moment))
    if blobs is not None and (folder / "blobs").is_dir():
        copy_blobs(folder / "blobs", blobs, last_transaction_of(coming), link=False)
        compare_blobs(folder, blobs)
    for index in file.parent.glob(coming.name + ".index"):
        close_for_others(index)
        index.replace(file.with_name(file.name + ".index"))
    coming.replace(file)


def recover_cut(folder: Path, coming: Path, later: str, last: bytes) -> bool:
    """Write the backup of the moment *later* to *coming*, up to the transaction *last*.

    False, and nothing is there, where a pack has taken away what was needed then.
    """
    repozo.do_recover(Options(str(folder), output=str(coming), date=later))
    if cut_behind(coming, last):
        coming.with_name(coming.name + ".index").unlink(missing_ok=True)
        return True
    return False


def next_moment_in(folder: Path, moment: str | None) -> str | None:
    """Return the moment of the first backup in *folder* after *moment*; None where one is exactly of then."""
    moments = sorted(moments_in(folder))
    if moment is None or moment in moments:
        return None
    return next((each for each in moments if each > moment), None)


def refuse_without_backup(folder: Path, moment: str | None) -> None:
    """Raise ValueError, which says what there is, if no whole backup in *folder* is of *moment* or before."""
    moments = sorted(moments_in(folder))
    if not moments:
        raise ValueError("there is no backup with its list of checksums")
    if moment is not None and moments[0] > moment and not moments[0].startswith(moment):
        raise ValueError(f"there is no backup from before {told(moment)}; the first is of {told(moments[0])}")


def remove_restored(file: Path, blobs: Path | None) -> None:
    """Remove what a restore that failed has made: there was nothing before."""
    for ending in (COMING, f"{COMING}.part", f"{COMING}.index", ".index", ""):
        file.with_name(file.name + ending).unlink(missing_ok=True)
    if blobs is not None:
        shutil.rmtree(blobs, ignore_errors=True)


def moments_in(folder: Path) -> list[str]:
    """Return the moments of the backups in *folder*, as `restore` takes them; those with checksums only."""
    listed = {name for sums in folder.glob("*.dat") for name in sums.read_text("utf-8").split()}
    return [path.stem for path in records_in(folder) if path.name in listed]


def verify_backup(folder: Path) -> None:
    """Compare the last backup in *folder*, and what it builds on, with its checksums.

    Raises DatabaseError if they differ or something is missing.
    """
    try:
        repozo.do_verify(Options(str(folder), quick=False))
        compare_blobs(folder, folder / "blobs")
    except (repozo.RepozoError, OSError, ValueError) as error:
        raise DatabaseError(f"The backup in {folder} is damaged: {error}") from error


def copy_blobs(source: Path, target: Path, last: bytes, *, link: bool = True, watch: Watch = NOBODY) -> int:
    """Copy blob files up to the transaction *last*; those already there stay. Return how many came.

    link: link them where the disk is the same.
    """
    count = 0
    marker = source / LAYOUT_MARKER
    if marker.exists():  # first: without it the files would not be found again
        private_folder(target)
        shutil.copyfile(marker, target / LAYOUT_MARKER)
    for blob in blob_files(source):
        watch.step(0)
        copy = target / blob.path.relative_to(source)
        if blob.tid <= last and not copy.exists():
            copy.parent.mkdir(parents=True, exist_ok=True)
            try:
                place_file(blob.path, copy, link)
            except FileNotFoundError:
                continue  # a pack removed it meanwhile: no record of today needs it
            count += 1
    return count


def note_blob_sums(folder: Path) -> None:
    """Write down the SHA-256 of the blobs in *folder* that it is not known of yet."""
    sums = blob_sums(folder)
    blobs = folder / "blobs"
    new = {str(each.path.relative_to(blobs)): each.path for each in blob_files(blobs)}
    sums |= {name: sha256_of(path) for name, path in new.items() if name not in sums}
    if sums:
        part = private_file(folder / f"{SUMS}.part")
        part.write_text("".join(f"{value}  {name}\n" for name, value in sorted(sums.items())), "utf-8")
        part.replace(folder / SUMS)


def blob_sums(folder: Path) -> dict[str, str]:
    """Return what is known of the blobs in the backups *folder*: SHA-256 by path below `blobs`."""
    path = folder / SUMS
    lines = path.read_text("utf-8").splitlines() if path.exists() else []
    return {name: value for value, _, name in (line.partition("  ") for line in lines)}


def compare_blobs(folder: Path, blobs: Path) -> None:
    """Raise ValueError for a file in *blobs* that is not what it was when it came to *folder*."""
    for name, value in blob_sums(folder).items():
        if (blobs / name).exists() and sha256_of(blobs / name) != value:
            raise ValueError(f"{name} is not what was written")


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file as 64 hex digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def place_file(source: Path, target: Path, link: bool) -> None:
    """Make *target* the same file as *source*, or a copy that is complete before it has its name."""
    if link:
        try:
            os.link(source, target)
            return
        except FileNotFoundError:
            raise
        except OSError:  # another disk, or one without links
            pass
    part = target.with_name(target.name + ".part")
    shutil.copyfile(source, private_file(part))
    part.replace(target)


def records_in(folder: Path) -> set[Path]:
    """Return the files of records in *folder*."""
    return {path for path in folder.iterdir() if repozo.is_data_file(path.name)}


def last_transaction_in(folder: Path) -> bytes:
    """Return the id of the last transaction that the newest backup in *folder* holds."""
    newest_first = sorted(records_in(folder), reverse=True)
    return next(last for last in map(last_transaction_of, newest_first) if any(last))


def last_transaction_of(file: Path) -> bytes:
    """Return the id of the last transaction in a file of records, whole or a part.

    Each transaction ends with its own length, so the last one is found from the end.
    """
    with file.open("rb") as records:
        end = records.seek(0, os.SEEK_END)
        if end < 4 + 8:
            return b"\0" * 8
        records.seek(end - 8)
        length = int.from_bytes(records.read(8), "big")
        records.seek(end - 8 - length)
        return records.read(8)


def wait_for_next_name(folder: Path) -> None:
    """Wait until repozo's next file name, which counts seconds, is after every one in *folder*."""
    newest = max((path.name.partition(".")[0] for path in records_in(folder)), default="")
    while repozo.gen_filename(Options(str(folder)), ext="") <= newest:
        time.sleep(0.05)


def name_sums_plainly(folder: Path) -> None:
    """Write bare file names into the lists of checksums.

    Repozo writes whole paths: a folder with a space in its name could not be read again.
    """
    for sums in folder.glob("*.dat"):
        lines = [line.rsplit(maxsplit=3) for line in sums.read_text().splitlines()]
        plain = "".join(f"{Path(name).name} {start} {end} {sum_}\n" for name, start, end, sum_ in lines)
        if sums.read_text() != plain:
            sums.write_text(plain)


def take_back(folder: Path, known: set[Path], sums: dict[Path, bytes]) -> None:
    """Undo an attempt: remove the files that came, and what it added to the lists of checksums.

    Files of blobs stay: the next backup needs them too.
    """
    for path in set(folder.iterdir()) - known:
        if path.is_file():
            path.unlink()
    for path, content in sums.items():
        path.write_bytes(content)
