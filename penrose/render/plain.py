"""A scene as plain data, for machines: what `penrose scene` prints."""

from __future__ import annotations

from typing import Any

from penrose.layout.geometry import box_of, curve, frames, ink, ink_of, labels_of, union
from penrose.layout.scene import Box, Highlight, Scene
from penrose.layout.score import quality


def plain(scene: Scene) -> dict[str, Any]:
    """Return a scene as dictionaries and lists; lengths in cm, y up, a box as [x0, y0, x1, y1]."""
    picture = scene.picture
    points = picture.points
    framed = frames(picture)
    return {
        "name": scene.name,
        "panels": [
            {"box": _box(union(ink(picture, number))), "relation": relation}
            for number, relation in enumerate(scene.relations, 1)
        ],
        "tensors": [
            {
                "name": node.name,
                "source": node.source,
                "shape": node.shape,
                "x": _length(points[node.name].x),
                "y": _length(points[node.name].y),
                "width": _length(node.extent.width),
                "height": _length(node.extent.height),
                "turn": node.turn,
                "panel": node.panel,
            }
            for node in picture.nodes
        ],
        "wires": [
            {
                "index": wire.index,
                "ends": [{"tensor": end[0], "slot": end[1]} if end else None for end in wire.ends],
                "points": [[_length(x), _length(y)] for x, y in curve(wire, points)],
                "thick": wire.thick,
            }
            for wire in picture.wires
        ],
        "bubbles": [
            {"name": group.name, "box": _box(framed[group.name]), "members": list(group.members)}
            for group in picture.groups
            if group.kind == "bubble"
        ],
        "labels": [
            {"text": label.text, "of": name, "box": _box(box)}
            for wire in picture.wires
            for label, name, box in labels_of(wire, points)
        ]
        + [{"text": text.text, "of": text.name, "box": _box(box_of(text, points))} for text in picture.texts]
        + [
            {"text": remark.text, "of": remark.name, "box": _box(ink_of(remark, framed)[-1])}
            for remark in picture.remarks
            if not isinstance(remark, Highlight)
        ],
        "quality": quality(picture, scene.orders),
    }


def _box(box: Box) -> list[float]:
    return [_length(side) for side in box]


def _length(value: float) -> float:
    return round(value, 3) + 0.0
