"""The rows of benchmarks as CSV, Markdown and LaTeX: the same numbers in three notations, safe whatever a name holds."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Sequence
from dataclasses import astuple

from benchmarks.engine.findings import Chapter, Findings

from .tables.bench import COLUMNS, BenchRow, bench_rows
from .text import csv_cell, neutralise

HEADS = ("case", "mean", "seeds", "over seeds", "over items", "parameters", "training", "reported")
_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip


def to_csv(findings: Findings) -> str:
    """Every row with every column, numbers in full; cells that a spreadsheet would take for a formula are quoted."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    for chapter in findings.chapters:
        for row in bench_rows(chapter):
            writer.writerow([_csv(value) for value in astuple(row)])
    return "\ufeff" + out.getvalue()


def _csv(value: object) -> str:
    if value is None:
        return ""
    return csv_cell(value) if isinstance(value, str) else repr(value)


def to_markdown(findings: Findings) -> str:
    """A heading and a table for each chapter, with the machine and the data under it."""
    parts = [f"# Benchmarks\n\nFrom {findings.records} records."]
    for chapter in findings.chapters:
        rows = [[_md(cell) for cell in cells(row)] for row in bench_rows(chapter)]
        table = ["| " + " | ".join(HEADS) + " |", "|" + "---|" * len(HEADS), *("| " + " | ".join(row) + " |" for row in rows)]
        parts.append("\n".join([f"## {_md(chapter.title)}", "", *_facts(chapter), "", *table]))
    return neutralise("\n\n".join(parts) + "\n")


def _facts(chapter: Chapter) -> list[str]:
    arrow = "higher is better" if chapter.metric.higher_is_better else "lower is better"
    lines = [f"- `{chapter.task}`, size {chapter.size}, {_md(chapter.metric.name)} ({arrow})"]
    lines += [f"- machine: {_md(device.name)}, {device.cores} cores, {_md(device.system)}" for device in chapter.machines]
    lines += [
        f"- data: {_md(data.name)}, {data.examples} examples, {_md(data.source)}, `{data.fingerprint[:12]}`, {_md(data.audit)}"
        for data in chapter.data
    ]
    first = next((view.row for view in chapter.cases if view.row.sampling), None)
    if first and first.sampling and first.detectable is not None:
        size = f"{first.items} items in {first.sampling.groups} groups"
        lines.append(f"- test part: {size}; a figure measured elsewhere has to differ by {first.detectable:.3f} for it to show")
    if chapter.effects:
        found = sum(pair.significant for pair in chapter.effects)
        lines.append(f"- {found} of {len(chapter.effects)} pairs on the same items differ (p < 0.05, corrected by Holm)")
    if chapter.overridden:
        lines.append(f"- **the failed audit of {', '.join(map(_md, chapter.overridden))} was overridden**")
    return lines


def to_latex(findings: Findings) -> str:
    r"""One `table` with `booktabs` rules for each chapter; needs \usepackage{booktabs}."""
    parts = [r"% needs \usepackage{booktabs}"]
    for number, chapter in enumerate(findings.chapters, 1):
        rows = [" & ".join(_tex(cell) for cell in cells(row)[:-1]) + r" \\" for row in bench_rows(chapter)]
        caption = f"{chapter.title}. {chapter.metric.name}, size {chapter.size}, {chapter.device}."
        parts.append(
            "\n".join(
                [
                    r"\begin{table}\centering\small",
                    rf"\caption{{{_tex(caption)}}}\label{{tab:bench{number}}}",
                    r"\begin{tabular}{lrrrrrr}\toprule",
                    " & ".join(_tex(head) for head in HEADS[:-1]) + r" \\ \midrule",
                    *rows,
                    r"\bottomrule\end{tabular}",
                    r"\end{table}",
                ]
            )
        )
    return neutralise("\n\n".join(parts) + "\n")


def cells(row: BenchRow) -> Sequence[str]:
    """The cells under `HEADS`, as text."""
    if row.mean is None:
        return (row.case, row.problem or "no number", "", "", "", "", "", row.reported)
    return (
        row.case,
        _brief(row.mean),
        str(row.seeds) + (f" ({row.failed} failed)" if row.failed else ""),
        _over_seeds(row),
        _span(row.sample_low, row.sample_high),
        "" if row.parameters is None else str(row.parameters),
        "" if row.train_s is None else f"{row.train_s:.3g} s",
        row.reported,
    )


def _over_seeds(row: BenchRow) -> str:
    """The interval over seeds; where they are few, what they were."""
    if row.seeds < 2 or row.lowest is None:
        return ""
    if row.lowest == row.highest:
        return "all equal"
    return _span(row.seed_low, row.seed_high) or f"runs {_span(row.lowest, row.highest)}"


def _span(low: float | None, high: float | None) -> str:
    return "" if low is None or high is None else f"{_brief(low)} to {_brief(high)}"


def _brief(value: float) -> str:
    """A number to four digits; one so small that it is rounding or nearly, to two."""
    return f"{value:.4g}" if abs(value) >= 1e-4 else f"{value:.2g}"


def _md(text: str) -> str:
    """Text that stays text inside a table: no cell, no markup, no line break."""
    line = " ".join(neutralise(text).split())
    return re.sub(r"([\\`*_\[\]|<>#~])", r"\\\1", line)


def _tex(text: str) -> str:
    return "".join(_LATEX.get(char, char) for char in " ".join(neutralise(text).split()))
