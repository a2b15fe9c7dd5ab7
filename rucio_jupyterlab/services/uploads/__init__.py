"""Sending files from here to the lake: what would be created, and the job that does it.

A plan (``service.py``) is put together of the files (``sources.py``), their names (``names.py``),
what Rucio has of them (``items.py``), the storage (``place.py``) and the dataset; a job's worker
(``jobs/worker/upload.py``) looks at all of it once more, just before it touches anything.
"""
