"""``datalake``: what the extension does, in a terminal."""
