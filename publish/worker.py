"""Renders jobs for whoever asks, through one server process that is kept."""

from __future__ import annotations

import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping
from typing import Any

from publish.catalogue import ROOT
from publish.job import Job, Played
from publish.server import receive, send

_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
_ATTEMPTS = 2


class Lost(RuntimeError):
    """The process that rendered a job was killed."""


class Failed(ValueError):
    """A scene failed: why in one line, and the traceback."""

    def __init__(self, line: str, trace: str) -> None:
        super().__init__(line, trace)

    def __str__(self) -> str:
        return self.args[0]

    @property
    def trace(self) -> str:
        """Where it failed."""
        return self.args[1]


class Server:
    """A process of :mod:`publish.server`, started when it is first needed."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def render(self, job: Job, tell: Callable[[int], None] = lambda frames: None) -> Played:
        """Render a job; ``tell`` hears how many frames were drawn, every now and then.

        Raises
        ------
        Failed
            When the scene fails; the message is its own.
        Lost
            When the process was killed, twice.
        """
        with self._lock:
            for attempt in range(_ATTEMPTS):
                try:
                    return self._render(job, tell)
                except (EOFError, BrokenPipeError, Lost) as error:
                    self.stop()
                    if attempt == _ATTEMPTS - 1:
                        raise Lost(f"the process that rendered {job.name} was killed") from error
        raise AssertionError

    def stop(self) -> None:
        """End the process; a job that it renders is given up."""
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            for stream in (process.stdin, process.stdout):
                if stream is not None:
                    stream.close()
            process.wait()

    def _render(self, job: Job, tell: Callable[[int], None]) -> Played:
        process = self._started()
        assert process.stdin is not None
        assert process.stdout is not None
        send(process.stdin, job)
        answer: Any = None
        while True:
            kind, content = receive(process.stdout)
            if kind == "frames":
                tell(content)
            elif kind == "end":
                break
            else:
                answer = kind, content
        if answer is None:
            raise Lost(f"status {content}")
        kind, content = answer
        if kind == "failed":
            raise Failed(*content)
        return content

    def _started(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "publish.server"],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                cwd=ROOT,
                env=_environment(os.environ),
            )
        return self._process


def _environment(given: Mapping[str, str]) -> dict[str, str]:
    return {**given, **_ONE_THREAD}


SERVER = Server()
atexit.register(SERVER.stop)
