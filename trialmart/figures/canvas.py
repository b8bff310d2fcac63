"""What the figures of this package share: page, letters, ink, and the way to bytes.

Belongs here: looks that are the same everywhere. Does not: any one figure. matplotlib is imported here inside functions only.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.figure import Figure

INK, GREY, LIGHT = "#111111", "#767676", "#f3f3f3"
_STYLE = {"font.family": "DejaVu Sans", "font.size": 8, "axes.linewidth": 0.8, "svg.hashsalt": "trialmart", "svg.fonttype": "path"}


def figure(width: float, height: float, columns: int = 1) -> tuple[Figure, Any]:
    """A figure of so many inches with its axes (an array of them for several columns), without the global state of pyplot."""
    from matplotlib import rc_context
    from matplotlib.figure import Figure

    with rc_context(_STYLE):
        drawn = Figure(figsize=(width, height))
        return drawn, drawn.subplots(1, columns)


def to_bytes(drawn: Figure, form: str = "svg") -> bytes:
    """The figure as SVG, PNG or PDF; the same figure gives the same bytes."""
    from matplotlib import rc_context

    stamp: dict[str, None | str] = {"svg": {"Date": None}, "pdf": {"CreationDate": None}}.get(form, {"Software": None})  # type: ignore[assignment, dict-item]
    out = BytesIO()
    with rc_context(_STYLE):
        drawn.savefig(out, format=form, dpi=150, metadata=stamp)
    return out.getvalue()
