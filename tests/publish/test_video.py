"""Joined videos decode to the frames of their parts, in order."""

from fractions import Fraction

import av
import numpy as np
import pytest
from decoded import frames, times

from publish.video import join

OPTIONS = {"crf": "20", "preset": "veryfast", "threads": "1"}


def encode(path, count, *, width=64, rate=10, seed=0, options=OPTIONS):
    """A video of slowly changing noise, so that frames are encoded from others."""
    rng = np.random.default_rng(seed)
    picture = rng.integers(0, 256, (36, width, 3)).astype(float)
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=Fraction(rate), options=options)
        stream.width, stream.height, stream.pix_fmt = width, 36, "yuv420p"
        for _ in range(count):
            picture = 0.9 * picture + 0.1 * rng.integers(0, 256, picture.shape)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture.astype("uint8"))))
        container.mux(stream.encode())
    return path


@pytest.mark.parametrize("counts", [[1], [1, 1, 1], [30, 1, 2, 3], [5, 40, 7]])
def test_frames_follow_each_other_unchanged(tmp_path, counts):
    parts = [encode(tmp_path / f"{i}.mp4", n, seed=i) for i, n in enumerate(counts)]
    target = tmp_path / "joined.mp4"
    assert join(parts, target) == sum(counts)
    np.testing.assert_array_equal(frames(target), frames(*parts))
    np.testing.assert_allclose(times(target), np.arange(sum(counts)) / 10, atol=1e-4)


def test_joined_can_be_joined_again(tmp_path):
    parts = [encode(tmp_path / f"{i}.mp4", n, seed=i) for i, n in enumerate([9, 1, 12])]
    join(parts[:2], tmp_path / "half.mp4")
    join([tmp_path / "half.mp4", parts[2]], tmp_path / "steps.mp4")
    join(parts, tmp_path / "once.mp4")
    np.testing.assert_array_equal(frames(tmp_path / "steps.mp4"), frames(tmp_path / "once.mp4"))
    assert times(tmp_path / "steps.mp4") == times(tmp_path / "once.mp4")


def test_the_index_comes_first(tmp_path):
    join([encode(tmp_path / "a.mp4", 20)], tmp_path / "joined.mp4")
    content = (tmp_path / "joined.mp4").read_bytes()
    assert 0 < content.find(b"moov") < content.find(b"mdat")


@pytest.mark.parametrize("other", [{"width": 96}, {"rate": 15}, {"options": {"crf": "40"}}])
def test_unlike_parts_are_refused(tmp_path, other):
    parts = [encode(tmp_path / "a.mp4", 3), encode(tmp_path / "b.mp4", 3, **other)]
    with pytest.raises(ValueError, match=r"b\.mp4 is of another size, rate or encoder"):
        join(parts, tmp_path / "joined.mp4")
    assert not (tmp_path / "joined.mp4").exists()


def test_nothing_to_join(tmp_path):
    with pytest.raises(ValueError, match="got none"):
        join([], tmp_path / "joined.mp4")
