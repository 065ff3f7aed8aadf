"""Figures of two markets on the same scales, so that what looks higher is higher."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure


def on_the_same_scales(first: Figure, other: Figure) -> None:
    """Let axes of two figures that are about the same reach over what both show."""
    for one, two in zip(first.axes, other.axes, strict=False):
        for axis in ("x", "y"):
            if _comparable(one, two, axis):
                _join(one, two, axis)


def _comparable(one: Axes, two: Axes, axis: str) -> bool:
    """Whether an axis holds numbers or dates on the same kind of scale, with the same ticks by name if it has any."""
    if not (one.axison and two.axison):
        return False
    scales = [getattr(axes, f"get_{axis}scale")() for axes in (one, two)]
    named = [[label.get_text() for label in getattr(axes, f"{axis}axis").get_majorticklabels()]
             if _fixed(axes, axis) else [] for axes in (one, two)]  # fmt: skip
    return scales[0] == scales[1] and named[0] == named[1]


def _fixed(axes: Axes, axis: str) -> bool:
    """Whether the ticks have been put where categories are."""
    return type(getattr(axes, f"{axis}axis").get_major_formatter()).__name__ == "FixedFormatter"


def _join(one: Axes, two: Axes, axis: str) -> None:
    limits = [getattr(axes, f"get_{axis}lim")() for axes in (one, two)]
    turned = [low > high for low, high in limits]
    if turned[0] != turned[1]:
        return
    low, high = min(min(pair) for pair in limits), max(max(pair) for pair in limits)
    for axes in (one, two):
        getattr(axes, f"set_{axis}lim")(*((high, low) if turned[0] else (low, high)))
