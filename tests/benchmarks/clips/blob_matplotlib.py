"""The same blob as a lecturer might animate it: matplotlib's FuncAnimation, the same encoder."""

import json
import sys
from fractions import Fraction
from typing import Any

import av
import matplotlib as mpl
import numpy as np
from content import BLUE, FRAMES, OPACITY, RADIUS, blob_at
from matplotlib import pyplot as plt
from matplotlib.animation import AbstractMovieWriter, FuncAnimation


class Writer(AbstractMovieWriter):
    """Hands matplotlib's frames to libx264, as Manim does."""

    def setup(self, fig: Any, outfile: Any, dpi: float | None = None) -> None:
        super().setup(fig, outfile, dpi)
        self._file = av.open(str(outfile), "w")
        options = json.loads(sys.argv[2])
        self._stream = self._file.add_stream("libx264", rate=Fraction(60), options=options)
        self._stream.width, self._stream.height = 1920, 1080
        self._stream.pix_fmt = "yuv420p"

    def grab_frame(self, **_: Any) -> None:
        self.fig.canvas.draw()
        frame = av.VideoFrame.from_ndarray(np.asarray(self.fig.canvas.buffer_rgba()), "rgba")
        self._file.mux(self._stream.encode(frame))

    def finish(self) -> None:
        self._file.mux(self._stream.encode())
        self._file.close()


mpl.use("agg")
figure = plt.figure(figsize=(19.2, 10.8), dpi=100, facecolor="#101418")
axes = figure.add_axes((0, 0, 1, 1))
axes.set(xlim=(-64 / 9, 64 / 9), ylim=(-4, 4))
axes.axis("off")
diameter = 2 * RADIUS * 1080 / 8 * 72 / 100
dots = axes.scatter(*blob_at(0).T, s=diameter**2, c=BLUE, alpha=OPACITY, linewidths=0)
animation = FuncAnimation(
    figure,
    lambda i: (dots.set_offsets(blob_at(i / FRAMES)),),
    frames=FRAMES,
    init_func=lambda: (dots,),
)
animation.save(sys.argv[1], writer=Writer(fps=60))
