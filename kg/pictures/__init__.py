"""Pictures of the graph: figures for print and notebooks, and a page in which it can be explored."""
