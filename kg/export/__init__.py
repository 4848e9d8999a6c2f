"""Taking the graph away: slices of it, the property graph, and one module for each family of formats."""
