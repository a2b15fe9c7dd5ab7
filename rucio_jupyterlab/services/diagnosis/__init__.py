"""Everything between here and the data, looked at in the order in which one thing needs another.

One file for each family of checks; ``model.py`` says what a check is, ``running.py`` runs them, and
``service.py`` puts them together.
"""
