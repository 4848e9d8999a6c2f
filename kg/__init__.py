"""A knowledge graph of myositis therapies, from the facts of clinical trials.

``kg.load()`` opens the graph in Python; importing the package alone loads nothing else of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from kg.dataset import Dataset, load

__version__ = "0.1.0"
__all__ = ["Dataset", "__version__", "load"]


def __getattr__(name: str) -> object:
    """Find `load` and `Dataset` when they are first asked for."""
    if name not in ("Dataset", "load"):
        raise AttributeError(f"module 'kg' has no attribute {name!r}")
    from kg import dataset

    return getattr(dataset, name)
