"""Build the myositis therapy knowledge graph, from the tables and trial records to Turtle and a store.

The whole build is one value, printed below as it runs::

    inputs   <- read        contract, reference tables, trial records, each with its hash
    linked   <- link        every text that names something becomes an IRI, with its evidence
    asserted <- transform   record x contract -> triples, each with its receipt
    inferred <- infer       short edges, by the CONSTRUCT queries of queries/views/
    graphs   <- describe    the dataset, its records and their hashes
    findings <- check       shapes and check queries over everything
    report   <- summarise   what was made, linked, missed and found
    build    <- write       Turtle, N-Quads, store and report, put in place all at once

Run ``python build_graph.py --help`` for its options; ``kg build`` does the same.
"""

from kg.cli.build import build

if __name__ == "__main__":
    build()
