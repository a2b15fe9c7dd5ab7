"""From what Rucio calls a file to where it lies below a mount. Pure: no network, no disk."""
