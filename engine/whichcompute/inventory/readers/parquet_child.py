"""Reads a Parquet file in a separate process and writes its rows to standard output.

A damaged file can make the decoder abort its whole process or ask for any amount of memory, which Python cannot catch.
This file runs by its path and imports nothing of whichcompute, so that it starts quickly.

Each message is its length (8 bytes), then an Arrow IPC file: first the schema, then slices of rows. Length 0 is the
end; an error that polars reports is a message of negative length: its text.
"""

from __future__ import annotations

import io
import sys
from contextlib import suppress

import polars as pl

_MEMORY, _TIMES = 3 << 30, 64
"""Bytes of memory that any file may need, and how many times the size of a large one."""


def _limit_memory(size: int) -> None:
    with suppress(ImportError, ValueError, OSError):  # Windows has no such limit
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY + _TIMES * size, resource.RLIM_INFINITY))


def _send(content: bytes, sign: int = 1) -> None:
    sys.stdout.buffer.write((sign * len(content)).to_bytes(8, "little", signed=True) + content)
    sys.stdout.buffer.flush()


def _send_frame(frame: pl.DataFrame) -> None:
    message = io.BytesIO()
    frame.write_ipc(message)
    _send(message.getvalue())


def _is_text(name: str) -> bool:
    """Whether polars can open a file by this name, which must be UTF-8."""
    with suppress(UnicodeEncodeError):
        return bool(name.encode())
    return False


def main(name: str, size: str, rows: int) -> None:
    """Sends the rows of the file `name`, which has `size` bytes, so many at once."""
    _limit_memory(int(size))
    try:
        file = open(name, "rb")  # noqa: SIM115 (open to the end of the process)
        frame = pl.scan_parquet(name if _is_text(name) else f"/dev/fd/{file.fileno()}", glob=False)
        _send_frame(pl.DataFrame(schema=frame.collect_schema()))
        start = 0
        while True:
            read = frame.slice(start, rows).collect()
            if read.height:
                _send_frame(read)
            start += rows
            if read.height < rows:
                break
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, MemoryError) as error:
        _send(str(error).encode("utf-8", "replace") or b"damaged", -1)
    else:
        _send(b"")


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
