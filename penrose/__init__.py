"""penrose: a compiler for tensor diagrams."""

__version__ = "0.1.0"
