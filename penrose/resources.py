"""The files that travel with the package: the grammar and the templates."""

from pathlib import Path

HERE = Path(__file__).parent  # a package that is read as files; importlib.resources would load zipfile for this


def resource(kind: str, name: str) -> str:
    """Return the text of `grammar/NAME` or `templates/NAME`.

    In a wheel both folders lie inside the package; in a checkout they stand beside it.
    """
    inside = HERE / kind / name
    return (inside if inside.is_file() else HERE.parent / kind / name).read_text(encoding="utf-8")
