"""Files: reading sources, and replacing outputs so that nothing is ever half written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from penrose.errors import Diagnostic, PenroseError
from penrose.source import Source


def read_source(path: Path) -> Source:
    """Return the text of a `.pen` file, or raise why it cannot be read."""
    try:
        data = path.read_bytes()
    except OSError as error:
        message = f"cannot read the file: {error.strerror or error}"
        raise PenroseError([Diagnostic("PEN104", message, file=str(path))]) from None
    try:
        return Source(str(path), data.removeprefix(b"\xef\xbb\xbf").decode("utf-8"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        message = f"line {line} is not UTF-8"
        raise PenroseError([Diagnostic("PEN103", message, file=str(path), hint="save the file as UTF-8")]) from None


def find_sources(paths: Iterable[Path]) -> list[Path]:
    """Return the files that are named, and the `.pen` files in the folders that are named, sorted."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(path.rglob("*.pen"))
            if not inside:
                message = "there is no .pen file in this folder"
                raise PenroseError([Diagnostic("PEN104", message, file=str(path))])
            found += inside
        else:
            found.append(path)
    return list(dict.fromkeys(found))


def read_earlier_output(path: Path) -> str | None:
    """Return the text of an output that stands already, or None; bytes that are no text are kept visible."""
    try:
        return path.read_bytes().decode("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise PenroseError([_unwritable(path, error)]) from None


def replace_file(path: Path, data: bytes) -> bool:
    """Write a file by replacing it as a whole; leave it alone, and return False, if it says that already."""
    try:
        if path.exists() and path.read_bytes() == data:
            return False
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            os.chmod(name, path.stat().st_mode & 0o777 if path.exists() else 0o666 & ~_umask())
            os.replace(name, path)
        except BaseException:
            os.unlink(name)
            raise
    except OSError as error:
        raise PenroseError([_unwritable(path, error)]) from None
    return True


def new_file(path: Path, data: bytes) -> None:
    """Write a file that is not there yet, or raise that it is."""
    if path.exists():
        hint = "choose another name, or move it away"
        raise PenroseError([Diagnostic("PEN507", "this file exists already", file=str(path), hint=hint)])
    replace_file(path, data)


def cache_folder() -> Path:
    """Return the folder of the user for what takes long to make again, or raise that it cannot be made."""
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "penrose"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _unwritable(path: Path, error: OSError) -> Diagnostic:
    hint = "choose another folder with -o"
    return Diagnostic("PEN507", f"cannot write the file: {error.strerror or error}", file=str(path), hint=hint)
