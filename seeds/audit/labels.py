"""Whether classes go by their right names.

One report of the course gave its per-class names in the order of the folders while the labels followed the alphabet: nine of ten rows
stood under a wrong name. Both functions here catch that: one from labels, one from nothing but the printed supports.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from seeds.audit.findings import Finding, Severity
from seeds.datasets.base import Dataset

CHECK = "label order"
REMEDY = "print names in the order of the label numbers (scikit-learn: target_names=encoder.classes_)"


def check_label_order(names_printed: Sequence[str], labels: ArrayLike, labels_true_names: Sequence[str]) -> Finding | None:
    """Compare the names that a report will print with what its labels are.

    Args:
        names_printed: the k-th is printed for label k.
        labels: (N,) whole numbers, what the model was trained or tested on.
        labels_true_names: (N,) what each example is, from where it was found (folder, file name).

    Returns:
        None where every label has one true name and it is the printed one; else an error that lists every row.
    """
    seen: dict[int, Counter[str]] = defaultdict(Counter)
    for label, name in zip(np.asarray(labels).tolist(), labels_true_names, strict=True):
        seen[label][name] += 1
    items = []
    for label, names in sorted(seen.items()):
        printed = names_printed[label] if 0 <= label < len(names_printed) else None
        ((really, count),) = names.most_common(1)
        if printed is None:
            items.append(f"label {label} has no printed name: it is {really}")
        elif printed != really:
            items.append(f"printed as {printed!r}, really {really!r} ({count} examples)")
        if len(names) > 1:
            items.append(
                f"label {label} stands for several names: {', '.join(f'{name} ({n})' for name, n in names.most_common())}"
            )
    return _finding(items, len(seen))


def check_supports(names_printed: Sequence[str], supports: Sequence[int], labels_true_names: Sequence[str]) -> Finding | None:
    """Check a table that is printed already: do its supports belong to its names?

    Args:
        names_printed: the rows' names, from the top.
        supports: the rows' supports.
        labels_true_names: (N,) what each example of the tested part is.

    Returns:
        None where each name's support is the number of its examples; else an error that lists every row, and says which order of the
        true names the supports follow, where one does.
    """
    true = Counter(labels_true_names)
    pairs = list(zip(names_printed, supports, strict=True))
    items = [f"{name!r} is printed with support {got}, it has {true[name]}" for name, got in pairs if got != true[name]]
    if items and [true[name] for name in sorted(true)] == list(supports):
        really = zip(names_printed, sorted(true), strict=True)
        items += [f"printed as {printed!r}, really {right!r}" for printed, right in really if printed != right]
        items.append("the supports follow the alphabet: the names were given in another order")
    return _finding(items, len(names_printed))


def _finding(items: list[str], classes: int) -> Finding | None:
    if not items:
        return None
    message = f"classes stand under wrong names ({classes} looked at): every per-class figure belongs to another class; {REMEDY}"
    return Finding(CHECK, Severity.ERROR, message, tuple(items))


def check_ids(dataset: Dataset) -> Finding | None:
    """Compare labels with names that stand in the recordings' own ids, as in "jazz.00054"; ids that name no class are skipped."""
    places = {name.casefold(): name for name in dataset.label_names}
    rows, names = [], []
    for row, identity in enumerate(dataset.ids.tolist()):
        said = {places[word] for word in re.split(r"[\W_\d]+", identity.casefold()) if word in places}
        if len(said) == 1:
            rows.append(row)
            names.append(said.pop())
    return check_label_order(dataset.label_names, dataset.labels[rows], names) if rows else None
