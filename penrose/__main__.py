"""`python -m penrose`."""

from penrose.cli import main

main(prog_name="penrose")
