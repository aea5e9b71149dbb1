"""Sends jobs to Dask workers: those of this machine, or those of a running cluster."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import uuid4

import dask
from distributed import Client, Future, LocalCluster, get_worker, wait

from publish import worker
from publish.inputs import project_digest, versions
from publish.job import Job, Played

TOPIC = "publish-frames"
_PATIENCE = 5.0
_LOOK = 1.0

Tell = Callable[[str, int], None]
Outcome = tuple[Job, Played | Exception]


@contextlib.contextmanager
def connected(scheduler: str | None, workers: int) -> Iterator[Client]:
    """A client of the scheduler at an address, or of ``workers`` new processes of this machine.

    Raises
    ------
    ValueError
        When nobody answers at the address, there are no workers, or one has
        other code or other packages than this machine.
    """
    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if scheduler is None:
        with (
            dask.config.set(_local()),
            _local_cluster(workers) as cluster,
            Client(cluster) as client,
        ):
            yield client
        return
    try:
        client = Client(scheduler, timeout=_PATIENCE)
    except (OSError, TimeoutError, ValueError, TypeError) as error:
        raise ValueError(
            f"scheduler: nobody answers at {scheduler!r} ({_short(error)}); "
            "start one with `dask scheduler`, workers with `dask worker ADDRESS --nthreads 1`"
        ) from None
    with client:
        _check_workers(client, scheduler)
        yield client


def rendered(client: Client, jobs: Iterable[Job], tell: Tell) -> Iterator[Outcome]:
    """Render jobs in this order, as many at once as the workers have threads.

    Yields each job as soon as it is done, with what it gave or why it failed.
    A job whose worker dies goes to another one.

    Parameters
    ----------
    tell
        Called with a job's name and how many of its frames are drawn by now.
    """

    def hear(event: tuple[Any, dict[str, Any]]) -> None:
        tell(event[1]["job"], event[1]["frames"])

    client.subscribe_topic(TOPIC, hear)
    waiting, running = deque(jobs), dict[Future, Job]()

    def refill() -> None:
        while waiting and len(running) < max(1, _threads(client)):
            job = waiting.popleft()
            key = f"{job.name}-{uuid4().hex}"
            running[client.submit(work, job, key=key, pure=False)] = job

    try:
        refill()
        while running:
            with contextlib.suppress(TimeoutError):
                wait(list(running), timeout=_LOOK, return_when="FIRST_COMPLETED")
            done = [(future, running.pop(future)) for future in list(running) if future.done()]
            refill()
            for future, job in done:
                yield job, _result(future)
    finally:
        client.cancel(list(running))
        client.unsubscribe_topic(TOPIC)


def work(job: Job) -> Played:
    """Render a job on a Dask worker.

    Raises
    ------
    ValueError
        When the worker's project is not the one that the job was sent from, or the scene fails.
    """
    if job.code and job.code != project_digest():
        raise ValueError(f"code: {_other_code(socket.gethostname())}")
    of, drawn = get_worker(), 0

    def tell(frames: int) -> None:
        nonlocal drawn
        drawn += frames
        of.log_event(TOPIC, {"job": job.name, "frames": drawn})

    return worker.SERVER.render(job, tell)


def cores() -> int:
    """How many processes can run at once."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _local() -> dict[str, Any]:
    return {"distributed.comm.timeouts.connect": "30s", "distributed.admin.log-length": 0}


def _local_cluster(workers: int) -> LocalCluster:
    return LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=True,
        memory_limit=0,
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )


def _check_workers(client: Client, scheduler: str) -> None:
    with contextlib.suppress(TimeoutError):
        client.wait_for_workers(1, timeout=_PATIENCE)
    if not _threads(client):
        raise ValueError(
            f"scheduler: {scheduler} has no workers; "
            f"start some with `dask worker {scheduler} --nthreads 1`"
        )
    try:
        found = client.run(_state)
    except Exception as error:
        raise ValueError(
            "scheduler: a worker cannot import this project; install it there, "
            f"at the same version ({_short(error)})"
        ) from None
    for host, code, packages in found.values():
        if code != project_digest():
            raise ValueError(f"scheduler: {_other_code(host)}")
        for name, here in versions().items():
            if packages.get(name) != here:
                raise ValueError(
                    f"scheduler: the worker on {host} has {name} {packages.get(name)}, "
                    f"this machine has {here}; install the same with constraints.txt"
                )


def _state() -> tuple[str, str, dict[str, str]]:
    return socket.gethostname(), project_digest(), versions()


def _other_code(host: str) -> str:
    return (
        f"the worker on {host} has another state of the project than this machine; "
        "bring both to the same commit (assets too) and start the worker again"
    )


def _threads(client: Client) -> int:
    return sum(client.nthreads().values())


def _result(future: Future) -> Played | Exception:
    try:
        return future.result()
    except Exception as error:
        return error


def _short(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]
