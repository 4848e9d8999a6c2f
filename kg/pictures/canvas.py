"""What all figures are drawn on: an empty figure that shows itself, its file, texts and legends."""

from __future__ import annotations

import functools
import io
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from kg.errors import MissingExtraError, StoreError
from kg.results import visible

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

_FORMS: Mapping[str, Mapping[str, None]] = {
    "svg": {"Date": None, "Creator": None},
    "pdf": {"CreationDate": None, "Creator": None, "Producer": None},
    "png": {"Software": None},
}
"""Forms of a file -> what matplotlib shall not say of itself in them."""


@functools.cache
def _shown() -> type[Figure]:
    """Return the figure of matplotlib, made to show itself in a notebook whatever drawing is set up there."""
    try:
        from matplotlib.figure import Figure
    except ImportError:
        raise MissingExtraError("matplotlib is not installed; pip install 'myositis-kg[analysis]' brings it") from None

    class Shown(Figure):
        """A figure that shows itself."""

        def _repr_png_(self) -> bytes:
            return _bytes(self, "png")

    return Shown


def blank(width: float, height: float) -> Figure:
    """Return an empty figure, its size in inches.

    Raises
    ------
    MissingExtraError
        If matplotlib is not installed.

    Examples
    --------
    >>> blank(4, 3).axes
    []
    """
    return _shown()(figsize=(width, height), layout="constrained")


def _bytes(figure: Figure, form: str) -> bytes:
    """Return a figure as a file, without the time of its making."""
    import matplotlib

    buffer = io.BytesIO()
    with matplotlib.rc_context({"svg.hashsalt": "myositis-kg"}), warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from font")
        figure.savefig(buffer, format=form, dpi=150, metadata=dict(_FORMS[form]))
    return buffer.getvalue()


def save(figure: Figure, path: Path) -> None:
    """Write a figure as SVG, PDF or PNG, by the end of the name; the same figure gives the same bytes.

    Raises
    ------
    StoreError
        If the end of the name is another, or the file cannot be written.
    """
    from kg.export.formats import put

    form = path.suffix[1:]
    if form not in _FORMS:
        raise StoreError(f"{path}: a figure is written as {', '.join(f'.{name}' for name in _FORMS)}")
    put({"": _bytes(figure, form)}, path)


def short(text: str, most: int = 60) -> str:
    r"""Shorten a text, and let nothing of it be taken for mathematics.

    >>> print(short("$x$"), short("abatacept", 4))
    \$x\$ aba…
    """
    plain = visible(text).replace("$", r"\$")
    return plain if len(plain) <= most else plain[: most - 1] + "…"


def legend(axes: Axes, marks: Mapping[str, tuple[str, str]]) -> None:
    """Explain marks beside a plot: name -> form and colour.

    >>> axes = blank(4, 3).add_subplot()
    >>> legend(axes, {"met": ("o", "#000000")})
    >>> [text.get_text() for text in axes.get_legend().get_texts()]
    ['met']
    """
    for name, (mark, colour) in marks.items():
        axes.scatter([], [], marker=mark, color=colour, label=name)
    axes.legend(loc="upper left", bbox_to_anchor=(1.0, 1.0), frameon=False)
