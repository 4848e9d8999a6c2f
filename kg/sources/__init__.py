"""Readers: one module per form of source, each from a source to typed records."""
