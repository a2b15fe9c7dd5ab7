"""What runs in the lake's own virtual environment, beside or inside Rucio."""
