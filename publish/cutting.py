"""Cutting videos at keyframes without encoding them again."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import av

from publish.video import Kind, kind_of, write_packets


def cut(source: Path, starts: Sequence[int], targets: Sequence[Path]) -> None:
    """Cut an H.264 video, packet by packet, into mp4s; their frames joined are the video's.

    Parameters
    ----------
    source
        A video of one constant frame rate.
    starts
        The frame at which each piece starts, rising from 0; each one a keyframe
        that no earlier frame is decoded from.
    targets
        One file a piece.

    Raises
    ------
    ValueError
        When a piece cannot start there.
    """
    kind = kind_of(source)
    with av.open(str(source)) as whole:
        stream = whole.streams.video[0]
        packets = [packet for packet in whole.demux(stream) if packet.pts is not None]
        shown = [_frame(packet, kind) for packet in packets]
        places = [*_places(packets, shown, starts, source), len(packets)]
        for (first, last), start, target in zip(pairwise(places), starts, targets, strict=True):
            for packet, frame in zip(packets[first:last], shown[first:last], strict=True):
                packet.pts, packet.duration, packet.time_base = frame - start, 1, 1 / kind.rate
            write_packets(packets[first:last], stream, kind, target)


def _frame(packet: av.Packet, kind: Kind) -> int:
    assert packet.pts is not None
    assert packet.time_base is not None
    return round(packet.pts * packet.time_base * kind.rate)


def _places(
    packets: Sequence[av.Packet], shown: Sequence[int], starts: Sequence[int], source: Path
) -> list[int]:
    """Where in decoding order each piece begins."""
    keys = {
        frame: i for i, (p, frame) in enumerate(zip(packets, shown, strict=True)) if p.is_keyframe
    }
    if not starts or starts[0] != 0:
        raise ValueError(f"starts: got {list(starts)}, want frames that rise from 0")
    for start, end in pairwise([*starts, len(packets)]):
        place, after = keys.get(start), keys.get(end, len(packets))
        if place is None or sorted(shown[place:after]) != list(range(start, end)):
            raise ValueError(
                f"starts: {source} cannot be cut at frame {start}: no animation starts there; "
                "run `python -m publish` again"
            )
    return [keys[start] for start in starts]
