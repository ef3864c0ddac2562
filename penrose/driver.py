"""The pipeline as a whole: sources to outputs. It knows every stage; no stage knows it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

from penrose.data import Equatable, replace
from penrose.errors import Diagnostic, PenroseError
from penrose.files import read_earlier_output, read_source, replace_file
from penrose.layout.compose import lay_out
from penrose.layout.faults import faults
from penrose.layout.geometry import XY
from penrose.layout.scene import Scene
from penrose.model.document import Document, Figure, Place
from penrose.model.resolve import resolve
from penrose.render.merge import Earlier, Merged, merge, read_earlier
from penrose.render.tikz import number, render
from penrose.source import Source
from penrose.syntax import tree
from penrose.syntax.parse import parse
from penrose.syntax.write import write

if TYPE_CHECKING:
    from penrose.preview import Preview


EXAMINED = 3000  # wires of a picture whose faults are looked for
FIRST = 3  # faults that are told


class Options(Equatable):
    """What `penrose build` is asked for, besides its sources."""

    folder: Path | None = None
    formats: frozenset[str] = frozenset()  # of svg, png, pdf, standalone, tikzit
    check: bool = False
    depfile: bool = False
    force: bool = False
    diff: bool = False
    reset: bool = False


class Output(Equatable):
    """One output: its path, whether it changed, what the author's edits came to, and how it would differ."""

    path: Path
    changed: bool
    edits: Merged | None = None
    diff: str = ""


class Report(Equatable):
    """What a build did, and what went wrong in it."""

    outputs: tuple[Output, ...]
    diagnostics: tuple[Diagnostic, ...]


def understand(source: Source) -> Document:
    """Return what a source means that uses no other."""
    return resolve(parse(source), source)


class Loaded(Equatable):
    """A source with what it uses: its document, and the paths of all files that were read."""

    document: Document
    paths: tuple[Path, ...]


def load(path: Path) -> Loaded:
    """Read a source and the files that it uses, and return what it means."""
    source = read_source(path)
    paths = [path]
    program = _with_used(parse(source), path, (path.resolve(),), paths)
    return Loaded(resolve(program, source), tuple(dict.fromkeys(paths)))


def _with_used(program: tree.Program, path: Path, above: tuple[Path, ...], paths: list[Path]) -> tree.Program:
    """Put the definitions of used files in the place of `use`; their figures and claims stay with them."""
    entries: list[tree.Entry[tree.Statement]] = []
    for entry in program.entries:
        if not isinstance(entry.node, tree.Use):
            entries.append(entry)
            continue
        other = path.parent / entry.node.path
        if other.resolve() in above:
            message = f"{entry.node.path} is used in a circle"
            raise PenroseError([Diagnostic("PEN209", message, entry.node.span, hint="take one use out")])
        seen = other.resolve() in {known.resolve() for known in paths}
        paths.append(other)
        if not seen:
            inner = _with_used(_parsed(other, entry.node), other, (*above, other.resolve()), paths)
            entries += [one for one in inner.entries if not isinstance(one.node, tree.Figure | tree.Check)]
    return replace(program, entries=tuple(entries))


def _parsed(path: Path, node: tree.Use) -> tree.Program:
    try:
        return parse(read_source(path))
    except PenroseError as error:
        (first, *more) = error.diagnostics
        if first.span is None:  # the file cannot be read: say where it is asked for
            first = replace(first, span=node.span, message=f"{node.path}: {first.message}")
        raise PenroseError([first, *more]) from None


def pin(path: Path, folder: Path | None = None) -> tuple[list[str], list[Diagnostic]]:
    """Move the positions that an author gave tensors in generated figures into the source, as `place` hints.

    Returns the names of the coordinates that were moved, and warnings for those that no hint can place.
    """
    from penrose.render.statements import statements
    from penrose.syntax.edit import with_places

    program = parse(read_source(path))
    figures = {figure.name: figure for figure in load(path).document.figures}
    pinned: list[str] = []
    files: dict[Path, str] = {}
    warnings: list[Diagnostic] = []
    entries = list(program.entries)
    for position, entry in enumerate(entries):
        if not isinstance(entry.node, tree.Figure):
            continue
        figure = figures[entry.node.name.text]
        file = target(path, figure, Options(folder))
        text = read_earlier_output(file)
        earlier = None if text is None else read_earlier(text, str(file))
        if text is None or earlier is None:
            continue
        drawn = _drawn_again(figure, earlier)
        places = {name: what for name, what in _placeable(drawn).items() if name in earlier.pins()}
        entries[position] = replace(entry, node=with_places(entry.node, _at(places, earlier.pins())))
        pinned += places
        gone = {f"coordinate:{name}" for name in places}
        if gone:
            files[file] = "\n".join(line.text for line in statements(text.split("\n")) if line.key not in gone)
        for name in (name for name in earlier.moved() if name not in places):
            hint = "hints place tensors that stand once, at numbers; name others in the formula: A:here[i,j]"
            message = f"{name} stays where it is in the .tikz"
            warnings.append(Diagnostic("PEN512", message, file=str(file), hint=hint, severity="warning"))
    if pinned:
        replace_file(path, write(replace(program, entries=tuple(entries))).encode())
        for file, without in files.items():
            replace_file(file, without.encode())
        warnings += build([path], Options(folder)).diagnostics
    return pinned, warnings


def _placeable(drawn: Scene) -> dict[str, tuple[str, str]]:
    """Return the coordinates of the tensors that a hint can name, each with that name and its occurrence."""
    tensors = {node.name: (node.source, node.key) for node in drawn.picture.nodes if node.stands_for}
    times = Counter(source for source, _ in tensors.values())
    return {name: (source, key) for name, (source, key) in tensors.items() if key or times[source] == 1}


def _at(
    places: Mapping[str, tuple[str, str]], pins: Mapping[str, tuple[float, float]]
) -> dict[tuple[str, str], tuple[str, str]]:
    return {what: (number(pins[name][0]), number(pins[name][1])) for name, what in places.items()}


def read_figure(path: Path) -> tuple[str, list[Diagnostic]]:
    """Return the program that a generated figure stands for, with warnings of what in it is no program."""
    from penrose.render.read import read

    text = read_source(path).text
    if "penrose/" not in text:
        raise PenroseError([Diagnostic("PEN502", "this file was not written by penrose", file=str(path))])
    reading = read(text)
    warnings = [f"line {number} is not in the program: {line}" for number, line in reading.unread]
    hint = "what is drawn by hand stays in the .tikz only"
    found = [
        Diagnostic("PEN511", message, file=str(path), hint=hint, severity="warning")
        for message in (*warnings, *reading.missing)
    ]
    program = parse(Source(f"{path}, as it reads", reading.program))
    return write(program), found


def build(paths: Iterable[Path], options: Options) -> Report:
    """Build all figures of some sources. A source with an error has no output; the others are built."""
    outputs: list[Output] = []
    diagnostics: list[Diagnostic] = []
    for path in paths:
        try:
            loaded = load(path)
        except PenroseError as error:
            diagnostics += error.diagnostics
            continue
        diagnostics += loaded.document.warnings
        figures = loaded.document.figures
        targets = [target(path, figure, options) for figure in figures]
        for figure, file in zip(figures, targets, strict=True):
            try:
                built = _build_figure(figure, path, file, options)
                outputs += built.outputs
                diagnostics += built.diagnostics
            except PenroseError as error:
                diagnostics += error.diagnostics
        if options.depfile and targets:
            outputs.append(_depfile(loaded.paths, targets))
    if options.check:
        diagnostics += [_stale(output.path) for output in outputs if output.changed]
    return Report(tuple(outputs), tuple(diagnostics))


def target(path: Path, figure: Figure, options: Options) -> Path:
    """Return the path of a figure's TikZ: `svd.tikz` for the figure of that name in svd.pen, else `svd-NAME.tikz`."""
    name = path.stem if figure.name == path.stem else f"{path.stem}-{figure.name}"
    return (options.folder or path.parent) / f"{name}.tikz"


def scene(figure: Figure) -> Scene:
    """Return the scene of a figure without regard to an earlier output."""
    return lay_out(figure)


def _build_figure(figure: Figure, path: Path, file: Path, options: Options) -> Report:
    earlier_text = read_earlier_output(file)
    drawn, merged, earlier = _drawn(figure, path, file, earlier_text, options)
    if options.check or options.diff:
        lines = ((earlier_text or "").splitlines(), merged.text.splitlines())
        diff = "\n".join(unified_diff(*lines, str(file), f"{file}, built", lineterm="")) if options.diff else ""
        return Report((Output(file, earlier_text != merged.text, merged, diff),), ())
    # all is made before anything is written, and what makes previews is loaded for them only
    previews = _previews(merged.text, drawn, file, options.formats) if options.formats else {}
    copies = _tikzit(drawn, file, options) if "tikzit" in options.formats else {}
    for path, data in ({file: merged.text.encode()} | copies).items():
        if (options.force or options.reset) and path.exists() and path.read_bytes() != data:
            replace_file(path.with_name(path.name + ".bak"), path.read_bytes())
    tikz = Output(file, replace_file(file, merged.text.encode()), merged)
    outputs = [Output(path, replace_file(path, preview.data)) for path, preview in previews.items()]
    outputs += [Output(path, replace_file(path, data)) for path, data in copies.items()]
    # SVG and PNG are made alike, and warn of the same
    warnings = dict.fromkeys(warning for preview in previews.values() for warning in preview.warnings)
    pins = earlier.pins() if earlier else {}
    found = (*_overruled(figure, drawn, pins, file), *_faults(figure, drawn, merged.compact, pins))
    return Report((tikz, *outputs), (*found, *warnings))


def _drawn(
    figure: Figure, path: Path, file: Path, earlier_text: str | None, options: Options
) -> tuple[Scene, Merged, Earlier | None]:
    """Return a figure as it is drawn, and its file with the edits of an earlier one, and that if it counts."""
    from penrose.render.compact import CLOSING, is_large, is_untouched, render_compact

    again = options.force or options.reset
    compact = earlier_text is not None and CLOSING in earlier_text
    kept = None if earlier_text is None or compact else read_earlier(earlier_text, str(file), again)
    earlier = None if options.reset else kept
    drawn = _drawn_again(figure, earlier) if earlier else lay_out(figure)
    large = is_large(drawn.picture)
    if earlier_text is not None and (compact or large) and not again and not is_untouched(earlier_text):
        message = "this file is for a figure of another size" if not compact else "this large figure was edited"
        hint = "a figure without names keeps no edits; move the file away, or use --force, which keeps a copy"
        raise PenroseError([Diagnostic("PEN502", message, file=str(file), hint=hint)])
    if large:
        return drawn, Merged(render_compact(drawn, path.name), compact=True), None
    return drawn, merge(render(drawn, path.name), earlier), earlier


def _drawn_again(figure: Figure, earlier: Earlier) -> Scene:
    """Lay out a figure with the places and names of an earlier file."""
    from penrose.render.recall import recall

    return lay_out(figure, earlier.pins(), recall(earlier.text), earlier.written())


def _overruled(figure: Figure, drawn: Scene, pins: Mapping[str, XY], file: Path) -> Iterator[Diagnostic]:
    """Yield a warning for every hint that places a tensor elsewhere than where it was put in the .tikz."""
    places = _placeable(drawn)
    for hint in (hint for hint in figure.hints if isinstance(hint, Place)):
        names = (n for n, (source, key) in places.items() if source == hint.factor.tensor and key == hint.factor.key)
        name = next(names, "")
        if name in pins and pins[name] != (hint.x, hint.y):
            message = f"{hint.factor.tensor} stays where it was put in the .tikz"
            cure = f"delete the line of the coordinate {name} in {file.name}, or this hint"
            yield Diagnostic("PEN513", message, hint.span, hint=cure, severity="warning")


def _faults(figure: Figure, drawn: Scene, large: bool, pins: Collection[str]) -> list[Diagnostic]:
    """Return a warning for what is wrong with a picture, unless it is too large to look at it all."""
    if large:
        message = f"{figure.name} is too large for TeX to name its tensors: its TikZ has no names, and keeps no edits"
        hint = "draw a part of it, or a shorter one with dots: prod[n=1..N]"
        return [Diagnostic("PEN402", message, figure.span, hint=hint, severity="warning")]
    if len(drawn.picture.wires) > EXAMINED:
        return []
    found = {fault.what: fault.cure for fault in faults(drawn.picture, drawn.orders, pins)}
    if not drawn.marked and any(any(wire.marks) for wire in drawn.picture.wires):
        found["without marks it does not tell which slots some legs are of"] = lambda: "layout { marks needed }"
    if not found:
        return []
    told = list(found)[:FIRST]
    more = f", and {len(found) - FIRST} more faults" if len(found) > FIRST else ""
    message = f"the picture {figure.name} could be better: {'; '.join(told)}{more}"
    hint = "; ".join(dict.fromkeys(found[what]() for what in told))
    return [Diagnostic("PEN401", message, figure.span, hint=hint, severity="warning")]


def _previews(tikz: str, drawn: Scene, file: Path, formats: frozenset[str]) -> dict[Path, Preview]:
    from penrose import preview

    made: dict[Path, Preview] = {}
    if "svg" in formats:
        made[file.with_suffix(".svg")] = preview.svg(tikz, drawn, str(file))
    if "png" in formats:
        made[file.with_suffix(".png")] = preview.png(tikz, str(file))
    if "pdf" in formats:
        made[file.with_suffix(".pdf")] = preview.pdf(tikz, str(file))
    if "standalone" in formats:
        made[file.with_suffix(".tex")] = preview.Preview(preview.document(tikz).encode())
    return made


def _tikzit(drawn: Scene, file: Path, options: Options) -> dict[Path, bytes]:
    """Return a copy of a figure for TikZiT and the styles of all such copies, which have no way back.

    A copy that was changed stands in the way of a new one: TikZiT keeps no comments, by which edits could be told.
    """
    from penrose.render.tikzit import render_tikzit, tikzstyles

    made = {
        file.with_name(f"{file.stem}-tikzit.tikz"): render_tikzit(drawn).encode(),
        file.with_name("penrose.tikzstyles"): tikzstyles().encode(),
    }
    for path, data in made.items():
        if path.exists() and path.read_bytes() != data and not options.force:
            message = "this copy for TikZiT is there already, and is another one"
            hint = "move it away, or replace it with --force, which keeps a copy"
            raise PenroseError([Diagnostic("PEN502", message, file=str(path), hint=hint)])
    return made


def _depfile(paths: Sequence[Path], targets: Sequence[Path]) -> Output:
    """Write a rule for make beside the outputs: these targets depend on those sources, the first its own."""
    rule = f"{' '.join(_escaped(t) for t in targets)}: {' '.join(_escaped(p) for p in paths)}\n"
    file = targets[0].with_name(f"{paths[0].stem}.d")
    return Output(file, replace_file(file, rule.encode()))


def _escaped(path: Path) -> str:
    return str(path).replace("$", "$$").replace(" ", "\\ ").replace("#", "\\#")


def _stale(file: Path) -> Diagnostic:
    return Diagnostic(
        "PEN509", "this file is not current", file=str(file), hint="run penrose build, and commit the result"
    )
