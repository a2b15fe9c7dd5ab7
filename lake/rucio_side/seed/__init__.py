"""The sample data: what there is (`catalogue`), the bytes (`files`), and Rucio's record of it (`register`)."""
