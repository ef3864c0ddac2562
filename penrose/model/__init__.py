"""What a program means: tensors, indices, expressions, networks."""
