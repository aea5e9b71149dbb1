"""A process that renders clips, each in a child of its own.

It imports Manim once and forks for every job: the child starts in no time,
shares no caches with the one before, and takes its memory with it. Jobs come
as pickles on the standard input, what happens leaves on the standard output.
When whoever started it dies, so do they both.
"""

from __future__ import annotations

import os
import pickle
import struct
import sys
import time
import traceback
from pathlib import Path
from typing import IO, Any

from publish import files
from publish.job import Job

_HEAD = struct.Struct(">Q")
_PAUSE = 0.5


def send(stream: IO[bytes], message: Any) -> None:
    """Write a message behind its length."""
    content = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_HEAD.pack(len(content)) + content)
    stream.flush()


def receive(stream: IO[bytes]) -> Any:
    """Read what :func:`send` wrote.

    Raises
    ------
    EOFError
        When the other side is gone.
    """
    head = stream.read(_HEAD.size)
    if len(head) < _HEAD.size:
        raise EOFError
    (length,) = _HEAD.unpack(head)
    content = stream.read(length)
    if len(content) < length:
        raise EOFError
    return pickle.loads(content)


class Teller:
    """Sends the number of frames drawn since it last did, at most twice a second."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream, self._frames, self._due = stream, 0, time.monotonic()

    def __call__(self, frames: int) -> None:
        self._frames += frames
        if time.monotonic() >= self._due:
            self.flush()

    def flush(self) -> None:
        """Send what has not been sent."""
        send(self._stream, ("frames", self._frames))
        self._frames, self._due = 0, time.monotonic() + _PAUSE


def main() -> None:
    """Render what comes until nothing more can come."""
    orders = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    _import_what_every_clip_needs()
    while True:
        try:
            job: Job = receive(orders)
        except EOFError:
            return
        child = os.fork()
        if child == 0:
            _child(job, answers)
        _, status = os.waitpid(child, 0)
        try:
            send(answers, ("end", os.waitstatus_to_exitcode(status)))
        except BrokenPipeError:
            return


def _import_what_every_clip_needs() -> None:
    """Packages only: the project's own files are read afresh for each job."""
    import av
    import jaxtyping
    import manim
    import scipy.optimize
    import scipy.special
    import scipy.stats
    import typst

    del av, jaxtyping, manim, scipy, typst


def _child(job: Job, answers: IO[bytes]) -> None:
    """Render, answer and exit, without ever returning."""
    status = 1
    try:
        tell = Teller(answers)
        with files.scratch() as folder:
            try:
                from publish.playing import play

                send(answers, ("played", play(job, Path(folder), tell)))
                tell.flush()
                status = 0
            except BrokenPipeError:
                pass
            except BaseException as error:
                send(answers, ("failed", (_line(error), traceback.format_exc())))
    finally:
        sys.stderr.flush()
        os._exit(status)


def _line(error: BaseException) -> str:
    """An error in one line, with its type where it was not meant to be read."""
    text = " ".join(str(error).split())
    meant = isinstance(error, ValueError | SystemExit) and text
    return text if meant else f"{type(error).__name__}: {text}"


if __name__ == "__main__":
    main()
