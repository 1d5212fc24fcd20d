"""Geometry that the pictures of several rooms share: plain numbers for SVG attributes, which the templates draw.

Positions are across in percent, so that a picture fits any width, and down in pixels, so that its text keeps its size.
"""

from collections.abc import Iterable

Ticks = tuple[tuple[float, str], ...]
"""Positions with their labels."""

LEFT, RIGHT = 8.0, 97.0
"""Percent of the width between which points and bars lie; what stands left of it are the labels of the axis."""


def polyline(points: Iterable[tuple[float, float]]) -> str:
    """A line or the edge of an area through points (percent across, pixels down), for a box that is 1000 wide.

    >>> polyline([(8.0, 14.0), (97.0, 150.5)])
    '80.0,14.0 970.0,150.5'
    """
    return " ".join(f"{x * 10:.1f},{y}" for x, y in points)
