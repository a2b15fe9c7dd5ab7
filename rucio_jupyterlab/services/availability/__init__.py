"""Where a DID is, how much of it, and how it gets there.

State and progress come from what Rucio has counted: rules with their lock counts, dataset locks and
dataset replicas. Files are listed one by one only where they were asked for one by one, so that a
collection of a million files costs what one of ten does.
"""
