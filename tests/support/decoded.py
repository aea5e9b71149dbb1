"""What a video player would see of a file."""

import av
import numpy as np


def frames(*paths) -> np.ndarray:
    """All decoded frames of videos, one after the other: (n, height, width, 3)."""
    found = []
    for path in paths:
        with av.open(str(path)) as container:
            found += [frame.to_ndarray(format="rgb24") for frame in container.decode(video=0)]
    return np.stack(found)


def times(path) -> list[float]:
    """When each frame is shown, in seconds."""
    with av.open(str(path)) as container:
        return [frame.time for frame in container.decode(video=0)]
