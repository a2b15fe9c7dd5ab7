"""HTTP: parse, call one service, serialise."""
