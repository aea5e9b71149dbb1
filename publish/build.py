"""Builds a course: renders what is out of date, writes every clip's folder and the pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from publish import files, report
from publish.assembly import assembled, difference, write, write_texts
from publish.catalogue import SCENES, TITLE, Entry, catalogue, chosen
from publish.inputs import OWN, project_digest
from publish.job import THEMES, Job, Lesson, Order, Played
from publish.manifest import NAME, Chapter, Clip
from publish.plan import Task, jobs, last, plan, stale
from publish.worker import Failed

if TYPE_CHECKING:
    from distributed import Client

_NONE = 10**9


@dataclass(frozen=True)
class Options:
    """What to build, from what, to where, and who renders.

    Attributes
    ----------
    clips
        Their names; all when empty.
    scheduler
        The address of a Dask scheduler; None for processes of this machine.
    workers
        How many of those; None for one a core.
    split
        Into how many parts to render each clip; None where that is decided
        so that all workers are busy to the end.
    base_url
        Where the pages will be on the web; empty where that is not known.
    """

    clips: tuple[str, ...] = ()
    themes: tuple[str, ...] = THEMES
    quality: str = "h"
    output: Path = Path("build")
    scenes: Path = SCENES
    lesson: Lesson | None = None
    embeddings: str = ""
    scheduler: str | None = None
    workers: int | None = None
    split: int | None = None
    force: bool = False
    pages: bool = True
    base_url: str = ""


def build(options: Options) -> list[report.Row]:
    """Bring a build up to date; a clip that fails does not stop the others.

    Returns
    -------
    list
        What became of each theme of each clip, in the book's order.

    Raises
    ------
    ValueError
        Before any work, when a clip is unknown, the output cannot be written
        or is being written to by another run, or nobody answers at the
        scheduler's address; later, when the disk is full.
    """
    entries = catalogue(options.scenes)
    wanted = chosen(options.clips, entries)
    with files.locked(options.output):
        done = _Build(options, wanted)
        done.run()
        for entry in wanted:
            _write_texts(options.output, entry)
        write_chapter(options.output, entries)
        if options.pages:
            from publish.pages import write_pages

            write_pages(options.output, options.base_url)
    return done.table()


def write_chapter(output: Path, entries: Sequence[Entry]) -> Chapter:
    """Write the chapter's manifest: every clip that was built, in the book's order.

    Raises
    ------
    ValueError
        When it cannot be written.
    """
    stems = tuple(e.stem for e in entries if last(output / "clips" / e.stem) is not None)
    try:
        lecture = Chapter.load(output / NAME).lecture
    except ValueError:
        lecture = None
    chapter = Chapter(title=TITLE, clips=stems, lecture=lecture)
    chapter.save(output / NAME)
    return chapter


@dataclass
class _Build:
    """One run: its tasks, what came of them so far, and the parts that wait for others."""

    options: Options
    entries: Sequence[Entry]
    order: Order = field(init=False)
    tasks: list[Task] = field(init=False)
    rows: dict[tuple[str, str], report.Row] = field(default_factory=dict)
    parts: dict[tuple[str, str], list[tuple[int, Played]]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        given = self.options
        code = project_digest() if given.scheduler else ""
        self.order = Order(given.quality, given.lesson, given.embeddings, code)
        self.tasks = plan(self.entries, given.themes, self.order, self.clips, force=given.force)

    @property
    def clips(self) -> Path:
        return self.options.output / "clips"

    def run(self) -> None:
        """Render what is out of date."""
        due = [task for task in self.tasks if task.reason]
        if not due:
            return
        from publish import cluster

        given = self.options
        most = len(due) * (given.split or given.workers or cluster.cores())
        workers = min(given.workers or cluster.cores(), most)
        frames = sum(task.frames for task in due)
        with (
            cluster.connected(given.scheduler, workers) as client,
            report.Bars(len(due), frames) as bars,
        ):
            if given.split and given.split > 1:
                due = self._surveyed(due, client)
            threads = sum(client.nthreads().values())
            wanted = jobs(due, self.order, threads, given.split)
            by_name = {task.name: task for task in due}
            flat = [job for each in wanted.values() for job in each]
            for job, outcome in cluster.rendered(client, flat, bars.frames):
                name = (job.stem, job.theme)
                row = self._take(by_name[name], job, outcome, len(wanted[name]))
                if row is not None:
                    frames = sum(p.timeline.now for _, p in self.parts.pop(name, [])[-1:])
                    bars.clip(row, expected=by_name[name].frames, frames=frames)

    def table(self) -> list[report.Row]:
        """A row for each task, rendered or not."""
        return [
            self.rows.get(task.name) or report.Row(*task.name, report.UNCHANGED, "")
            for task in self.tasks
        ]

    def _surveyed(self, due: Sequence[Task], client: Client) -> list[Task]:
        """The tasks with the lengths of their animations, found by playing without drawing."""
        from publish import cluster

        unknown = [task for task in due if not task.plays]
        skipping = jobs(unknown, self.order, 1, 1)
        asked = [replace(each, first=_NONE) for (each,) in skipping.values()]
        found = {
            (job.stem, job.theme): tuple(outcome.timeline.plays)
            for job, outcome in cluster.rendered(client, asked, lambda *_: None)
            if isinstance(outcome, Played)
        }
        return [replace(task, plays=found.get(task.name, task.plays)) for task in due]

    def _take(
        self, task: Task, job: Job, outcome: Played | Exception, of: int
    ) -> report.Row | None:
        """Keep a part, or write the clip when all are there; the row when it is settled."""
        if task.name in self.rows:
            return None
        parts = self.parts.setdefault(task.name, [])
        if isinstance(outcome, Played):
            parts.append((job.first, outcome))
            parts.sort(key=lambda pair: pair[0])
            if len(parts) < of:
                return None
        seconds = sum(played.seconds for _, played in parts)
        try:
            if isinstance(outcome, Exception):
                raise ValueError(self._why(task, outcome))
            self._write(task, [played for _, played in parts])
            row = report.Row(*task.name, report.RENDERED, task.reason, seconds)
        except files.DiskFull:
            raise
        except Exception as error:
            row = report.Row(*task.name, report.FAILED, _line(error), seconds)
        self.rows[task.name] = row
        return row

    def _write(self, task: Task, parts: Sequence[Played]) -> None:
        made = assembled(task.entry, task.theme, self.order, parts)
        folder = self.clips / task.entry.stem
        write(made, folder, keep=self._other(task, made.clip, folder))

    def _why(self, task: Task, error: Exception) -> str:
        """Why a task failed, in one line that says where the traceback lies."""
        if not isinstance(error, Failed):
            return _line(error)
        log = self.options.output / "failed" / f"{'-'.join(task.name)}.txt"
        files.write(log, error.trace)
        return f"{_line(error)} (see {log})"

    def _other(self, task: Task, clip: Clip, folder: Path) -> Clip | None:
        """The manifest of the other theme, if it is there and tells the same story."""
        known = last(folder)
        if known is None or not set(known.themes) - {task.theme}:
            return None
        (other,) = set(known.themes) - {task.theme}
        shown = {
            tuple(each.inputs[theme].settings.get(name) for name in OWN)
            for each, theme in ((known, other), (clip, task.theme))
        }
        if len(shown) > 1:
            return None
        apart = difference(known, clip)
        if not apart:
            return known
        if stale(task.entry, other, self.order, known, folder):
            return None
        raise ValueError(
            f"{task.theme} and {other} do not tell the same story: {apart}; "
            "what a theme sets must not change how long anything takes"
        )


def _write_texts(output: Path, entry: Entry) -> None:
    folder = output / "clips" / entry.stem
    clip = last(folder)
    if clip is not None:
        write_texts(clip, folder)


def _line(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text if isinstance(error, ValueError) and text else f"{type(error).__name__}: {text}"
