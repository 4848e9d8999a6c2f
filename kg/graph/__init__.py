"""The graph for traversal: its metagraph, its projection from a store, ways through it, comparisons."""
