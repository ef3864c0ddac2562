"""What can be computed from a document: formulas."""
