"""Long work: what moves bytes, in child processes, with states that survive the server."""
