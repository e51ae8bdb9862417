"""Bodies in chunks, read more strictly than by waitress: it skips empty lines, and lets a line grow."""

from typing import Any

from waitress.receiver import ChunkedReceiver
from waitress.utilities import BadRequest

LONGEST_LINE = 1_000  # bytes, of the size of a chunk and its extensions
LONGEST_TRAILER = 8_192
END = b"\r\n"


class Chunks(ChunkedReceiver):
    """Receives a body in chunks. most: bytes that a chunk may have."""

    def __init__(self, buf: Any, most: int):
        super().__init__(buf)
        self.most = most

    def received(self, s: bytes) -> int:
        """Take what came, and return how much of it belongs to the body. error: set for what is malformed."""
        position = 0
        while position < len(s) and not self.completed and self.error is None:
            rest = s[position:]
            piece = self.piece_of(rest)
            taken = int(super().received(piece))
            position += taken
            if self.error is None:
                self.check()
            if taken < len(piece):
                break
        return position

    def piece_of(self, rest: bytes) -> bytes:
        """Return the beginning of *rest* that is of one kind: a line, a chunk, its end, or the trailer."""
        if self.chunk_remainder > 0:
            return rest[: self.chunk_remainder]
        if self.validate_chunk_end:
            return rest[: len(END) - len(self.chunk_end)]
        if self.all_chunks_received:
            return rest
        line = self.control_line + rest
        if line.startswith(END):
            self.error = BadRequest("A chunk without a size")
        end = line.find(END)
        return rest if end < 0 else rest[: end + len(END) - len(self.control_line)]

    def check(self) -> None:
        """Note as an error what is longer than anybody needs."""
        if len(self.control_line) > LONGEST_LINE or len(self.trailer) > LONGEST_TRAILER:
            self.error = BadRequest("The head of a chunk, or what follows the last one, is too long")
        elif self.chunk_remainder > self.most:
            self.error = BadRequest(f"A chunk of more than {self.most:,} bytes")
