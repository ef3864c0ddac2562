"""The files that travel with the package: the grammar and the templates."""

from importlib.resources import files
from pathlib import Path


def resource(kind: str, name: str) -> str:
    """Return the text of `grammar/NAME` or `templates/NAME`.

    In a wheel both folders lie inside the package; in a checkout they stand beside it.
    """
    inside = files("penrose") / kind / name
    if inside.is_file():
        return inside.read_text(encoding="utf-8")
    return (Path(__file__).parent.parent / kind / name).read_text(encoding="utf-8")
