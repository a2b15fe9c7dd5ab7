"""Ways into Rucio: one file per kind of credentials, and the token that they all lead to."""
