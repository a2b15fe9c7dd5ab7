"""The sample data: what there is (`catalogue`), its bytes (`files`), Rucio's view (`register`)."""
