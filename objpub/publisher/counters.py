"""Counters that the processes of one machine share: each counts in a file of its own, anyone adds them up.

A file is mapped into memory, so that counting is an addition and not a call of the system, and outlives a
process that is killed: the next one takes the file over and counts on. So the sums never go down, and there
are never more files than processes that ran at the same time. A lock on the file says whether its process
lives.
"""

import fcntl
import mmap
import os
import struct
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from objpub.settings import private_folder

LAYOUT = b"objpub counters1"
#: Numbers in a file, and bytes for the names of the series.
ROOM = 8_192
NAMES_BYTES = 192 * 1_024
NAMES_AT = len(LAYOUT) + 8 * ROOM
SIZE = NAMES_AT + 4 + NAMES_BYTES
MOST_PROCESSES = 256
SUFFIX = ".counters"


class Counters:
    """The counters of this process. number: of its file; None when they are kept in memory only.

    They are opened when the first is made, so that a command which answers nothing leaves nothing behind.
    """

    def __init__(self, folder: Path):
        """folder: of the files of all processes; where none can be made, this process counts for itself."""
        self.folder = folder
        self.number: int | None = None
        self.lock = threading.Lock()
        self._series: dict[str, tuple[int, int]] = {}  # name → where its numbers begin, how many
        self._used = 0
        self._file: int | None = None
        self._map: mmap.mmap | None = None
        self.values: Any = memoryview(bytearray(8)).cast("d")

    def series(self, name: str, width: int = 1) -> int | None:
        """Return where in `values` the *width* numbers of the series *name* begin, made at the first time.

        None when there is no room for another one. Call it, and change the numbers, with the lock held.
        """
        if self._map is None:
            self._open()
        found = self._series.get(name)
        if found is not None and found[1] == width:
            return found[0]
        return None if found is not None else self._add(name, width)

    def all(self) -> Iterator[tuple[int, bool, dict[str, list[float]]]]:
        """Yield (number, whether it lives, name → numbers) of each process that counts, or did, here."""
        own = self.number
        with self.lock:
            if self._map is not None:
                yield own or 0, True, parsed(self._map[:])
        if self._map is not None and own is None:
            return
        for path in sorted(self.folder.glob(f"*{SUFFIX}")):
            number = path.name.removesuffix(SUFFIX)
            if number.isdigit() and int(number) != own:
                with suppress(OSError), path.open("rb") as file:
                    yield int(number), is_locked(file.fileno()), parsed(file.read(SIZE))

    def close(self) -> None:
        """Let another process take the file over."""
        with self.lock:
            if self._map is not None:
                self.values.release()
                self.values = memoryview(bytearray(8 * ROOM)).cast("d")  # for who still counts
                self._map.close()
                self._map = mmap.mmap(-1, SIZE)
            if self._file is not None:
                os.close(self._file)
                self._file = None

    def _open(self) -> None:
        """Take the first file that no living process has; an old one is counted on in."""
        self._file = self._taken()
        if self._file is None:
            self._map = mmap.mmap(-1, SIZE)
        else:
            self._map = mmap.mmap(self._file, SIZE)
        if self._map[: len(LAYOUT)] != LAYOUT:
            self._map[:] = LAYOUT + bytes(SIZE - len(LAYOUT))
        for name, start, width in names_in(self._map[:]):
            self._series[name] = (start, width)
            self._used = start + width
        self.values = memoryview(self._map)[len(LAYOUT) : NAMES_AT].cast("d")

    def _taken(self) -> int | None:
        try:
            private_folder(self.folder)
        except OSError:
            return None
        for number in range(MOST_PROCESSES):
            try:
                file = os.open(self.folder / f"{number}{SUFFIX}", os.O_RDWR | os.O_CREAT, 0o600)
            except OSError:
                return None
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                os.posix_fallocate(file, 0, SIZE)  # room on the disk now: later there is no way to refuse
            except BlockingIOError:
                os.close(file)
                continue
            except OSError:
                os.close(file)
                return None
            self.number = number
            return file
        return None

    def _add(self, name: str, width: int) -> int | None:
        line = f"{width}\t{name}\n".encode()
        start = self._used
        assert self._map is not None
        (used,) = struct.unpack_from("=I", self._map, NAMES_AT)
        if start + width > ROOM or used + len(line) > NAMES_BYTES:
            return None
        place = NAMES_AT + 4 + used
        self._map[place : place + len(line)] = line
        struct.pack_into("=I", self._map, NAMES_AT, used + len(line))  # only now can it be read
        self._series[name] = (start, width)
        self._used = start + width
        return start


def names_in(data: bytes) -> Iterator[tuple[str, int, int]]:
    """Yield name, start and width of each series in the *data* of a file; nothing of another layout."""
    if len(data) != SIZE or not data.startswith(LAYOUT):
        return
    (used,) = struct.unpack_from("=I", data, NAMES_AT)
    start = 0
    for line in (
        data[NAMES_AT + 4 : NAMES_AT + 4 + min(used, NAMES_BYTES)].decode("utf-8", "replace").splitlines()
    ):
        width, tab, name = line.partition("\t")
        if not (tab and width.isdigit() and start + int(width) <= ROOM):
            return
        yield name, start, int(width)
        start += int(width)


def parsed(data: bytes) -> dict[str, list[float]]:
    """Return the series in the *data* of a file by name."""
    values = memoryview(data)[len(LAYOUT) : NAMES_AT]
    return {
        name: list(struct.unpack_from(f"={width}d", values, 8 * start))
        for name, start, width in names_in(data)
    }


def is_locked(file: int) -> bool:
    """Does a process hold the lock of the open *file*?"""
    try:
        fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    return False
