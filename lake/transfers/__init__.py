"""A stand-in for FTS, the File Transfer Service: its REST interface, and bytes that really move.

It is not FTS. It speaks as much of FTS's REST interface as Rucio's ``fts3`` transfer tool uses, and
besides has an interface of its own by which a test or a demo slows transfers down or makes them
fail.
"""
