"""A knowledge graph of myositis therapies, from the facts of clinical trials."""

__version__ = "0.1.0"
