"""Joining videos without encoding them again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import av
import av.container.core

Chapter = tuple[str, int, int]


@dataclass(frozen=True)
class Kind:
    """What parts must have in common, and by how many frames decoding runs ahead of showing."""

    rate: Fraction
    head: bytes
    delay: int


def join(parts: Sequence[Path], target: Path, chapters: Sequence[Chapter] = ()) -> int:
    """Join H.264 videos, packet by packet, into one mp4 whose index comes first.

    The parts are of one size, one constant frame rate and one encoder's
    settings, and each starts on a keyframe; so their decoded frames follow
    each other unchanged. Each chapter is a title and the frames from which
    and up to which it lasts.

    Returns
    -------
    int
        The number of frames.

    Raises
    ------
    ValueError
        When there are no parts, or they differ in size, rate or encoder.
    """
    if not parts:
        raise ValueError("parts: got none, want at least one video")
    kinds = [kind_of(part) for part in parts]
    for part, kind in zip(parts, kinds, strict=True):
        if (kind.rate, kind.head) != (kinds[0].rate, kinds[0].head):
            raise ValueError(f"parts: {part} is of another size, rate or encoder than {parts[0]}")
    kind = replace(kinds[0], delay=max(each.delay for each in kinds))
    with av.open(str(parts[0])) as first:
        packets, template = _packets(parts, kind.rate), first.streams.video[0]
        return write_packets(packets, template, kind, target, chapters)


def write_packets(
    packets: Iterable[av.Packet],
    template: av.VideoStream,
    kind: Kind,
    target: Path,
    chapters: Sequence[Chapter] = (),
) -> int:
    """Write packets, whose times count frames, in the order of decoding; return how many."""
    count = 0
    with av.open(str(target), "w", options={"movflags": "+faststart"}) as written:
        stream = written.add_stream_from_template(template)
        stream.time_base = 1 / kind.rate
        written.set_chapters([_mark(i, chapter, kind.rate) for i, chapter in enumerate(chapters)])
        for packet in packets:
            packet.dts = count - kind.delay
            packet.stream = stream
            written.mux(packet)
            count += 1
    return count


def _mark(number: int, chapter: Chapter, rate: Fraction) -> av.container.core.Chapter:
    title, start, end = chapter
    return {
        "id": number,
        "start": start,
        "end": end,
        "time_base": 1 / rate,
        "metadata": {"title": title},
    }


def kind_of(part: Path) -> Kind:
    """Rate, encoder's header and delay of a video."""
    with av.open(str(part)) as source:
        stream = source.streams.video[0]
        rate = Fraction(stream.average_rate or 1)
        packet = next(source.demux(stream))
        behind = -(packet.dts or 0) * (stream.time_base or 1) * rate
        return Kind(rate, bytes(stream.codec_context.extradata or b""), max(0, round(behind)))


def _packets(parts: Sequence[Path], rate: Fraction) -> Iterator[av.Packet]:
    """The packets of all parts, shown one part after the other, in frames."""
    start = 0
    for part in parts:
        count = 0
        with av.open(str(part)) as source:
            for packet in source.demux(source.streams.video[0]):
                if packet.pts is None or packet.time_base is None:
                    continue
                packet.pts = start + round(packet.pts * packet.time_base * rate)
                packet.duration = 1
                packet.time_base = 1 / rate
                count += 1
                yield packet
        start += count
