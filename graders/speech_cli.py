"""`sanjeh transcribe`: recordings in files to texts. `sanjeh wer`: the word error rate of texts in files, with what stands behind it."""

from __future__ import annotations

import csv
import itertools
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import click
from rich.table import Table

from graders.kit.errors import InputError
from graders.kit.loading import CodeFolder

REFERENCE = Path(__file__).parents[1] / "reference" / "speech_hw5"
COLUMNS = ("id", "speaker")
LEVEL = "95 %"
SHOWN = 4
"""Words inserted in a row that are shown; a recogniser that is caught in a loop inserts hundreds."""


@dataclass(frozen=True)
class System:
    """One system's transcripts beside the references: raw texts of both, normalised texts of both, and the counts."""

    name: str
    raw: tuple[list[str], list[str]]
    texts: tuple[list[str], list[str]]
    scores: Any


@click.command("transcribe")
@click.argument("recordings", nargs=-1, required=True, metavar="CLIP...", type=click.Path())
@click.option("--checkpoint", required=True, metavar="X", help="A Whisper's folder, or a name such as openai/whisper-small.")
@click.option("--language", metavar="CODE", help="fa, en, zh, ... (default: detected).")
@click.option("--task", type=click.Choice(["transcribe", "translate"]), default="transcribe", help="translate writes English.")
def transcribe(recordings: Sequence[str], checkpoint: str, language: str | None, task: str) -> None:
    """Write down what is said in wav, flac, ogg or mp3 files; what is odd, and what to doubt, goes to standard error."""
    try:
        files = CodeFolder.read(REFERENCE).load("whisper_file")
    except ModuleNotFoundError as error:
        raise InputError(f"{error.name} is not installed: pip install -e '.[whisper]' in a clone of sanjeh") from error
    asked = [*recordings, "--checkpoint", checkpoint, "--task", task, *(["--language", language] if language else [])]
    sys.exit(files.main(asked))


@click.command("wer")
@click.argument("references", type=click.Path(path_type=Path))
@click.argument("before", type=click.Path(path_type=Path))
@click.argument("after", type=click.Path(path_type=Path), required=False)
@click.option("--language", type=click.Choice(["fa", "en", "zh"]), default="fa", help="Whose normaliser (zh: by characters).")
@click.option(
    "--speakers", type=click.Path(path_type=Path), help="A .csv with the columns id and speaker: whole speakers are drawn."
)
@click.option("--cutoff", type=click.FloatRange(0), metavar="X", help="Also tell how probable a WER of at most X is.")
@click.option("--diffs", type=click.IntRange(0), default=5, metavar="N", help="Utterances shown word by word (default: 5).")
@click.option("--ablation", is_flag=True, help="What each step of the Persian normaliser is worth.")
def wer(
    references: Path,
    before: Path,
    after: Path | None,
    language: str,
    speakers: Path | None,
    cutoff: float | None,
    diffs: int,
    ablation: bool,
) -> None:
    """Compare the transcripts BEFORE, and AFTER, with REFERENCES: tables (.csv, .tsv, .xlsx, .jsonl) of id and text.

    In the differences word→other is a substitution, [-word-] a deletion and {+word+} an insertion.
    """
    code = CodeFolder.read(REFERENCE)
    wanted = _read(code, references, heard=False)
    systems = [_system(code, wanted, path, language) for path in (before, after) if path is not None]
    groups = _speakers(speakers, list(wanted)) if speakers else None
    _rates(code, systems, groups, cutoff)
    if len(systems) == 2:
        _change(code, systems, groups)
    _differences(code.load("wer"), systems[-1], list(wanted), diffs)
    if ablation and language == "fa":
        _ablation(code.load("wer"), systems[-1])
    elif ablation:
        raise InputError("--ablation is of the Persian normaliser: leave it out, or say --language fa")


def _read(code: CodeFolder, path: Path, *, heard: bool, ids: Sequence[str] | None = None) -> dict[str, str]:
    transcripts = code.load("transcripts")
    try:
        found: dict[str, str] = transcripts.read(path, ids, heard=heard)
    except transcripts.TranscriptError as error:
        raise InputError(str(error)) from error
    return found


def _system(code: CodeFolder, wanted: dict[str, str], path: Path, language: str) -> System:
    """Read one system's transcripts, of the same recordings, and count its errors."""
    heard = _read(code, path, heard=True, ids=list(wanted))
    raw = list(wanted.values()), [heard[name] for name in wanted]
    normalize = code.load("normalize").NORMALIZERS[language]
    texts = [normalize(text) for text in raw[0]], [normalize(text) for text in raw[1]]
    scores = code.load("wer").score(*texts)
    if not scores.lengths.any():
        raise InputError("the references hold no word after normalising, so there is no error rate: is --language right?")
    return System(path.name, raw, texts, scores)


def _speakers(path: Path, ids: Sequence[str]) -> list[str]:
    """Read who says each utterance, in the order of the ids."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(
            f"{path.name} cannot be read ({error}): wanted a .csv in UTF-8 with the columns id and speaker"
        ) from error
    if not rows or not set(COLUMNS) <= set(rows[0]):
        raise InputError(f"{path.name} has the columns {', '.join(rows[0]) if rows else 'of nothing'}, wanted id and speaker")
    known = {row["id"]: row["speaker"] or "" for row in rows}
    if missing := [name for name in ids if not known.get(name)]:
        raise InputError(
            f"{path.name} names no speaker for {len(missing)} of {len(ids)} ids, the first is {missing[0]}: add them"
        )
    return [known[name] for name in ids]


def _interval(estimate: Any) -> str:
    return f"{estimate.value:.4f} ({estimate.low:.3f} to {estimate.high:.3f})"


def _rates(code: CodeFolder, systems: Sequence[System], groups: Sequence[str] | None, cutoff: float | None) -> None:
    """Print a column for each system."""
    from graders.terminal import clean, out

    scorer, bootstrap = code.load("wer"), code.load("bootstrap")
    found = [bootstrap.single(one.scores.errors, one.scores.lengths, groups, cutoff=cutoff) for one in systems]
    rows = {f"corpus WER ({LEVEL})": [_interval(one.wer) for one in found]}
    if cutoff is not None:
        rows[f"P(WER ≤ {cutoff:g})"] = [f"{one.within_cutoff:.3f}" for one in found]
    rates = {"mean WER of utterances": scorer.mean_wer, "WER, spaces forgiven": scorer.merged_wer, "CER": scorer.cer}
    rows |= {name: [f"{rate(*one.texts):.4f}" for one in systems] for name, rate in rates.items()}
    for kind in ("substitutions", "deletions", "insertions"):
        rows[kind] = [f"{one.scores.total[kind]:,}" for one in systems]
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for one in systems:
        table.add_column(clean(one.name), justify="right")
    for name, cells in rows.items():
        table.add_row(name, *cells)
    out.print(table)
    told = f"{len(systems[0].raw[0])} utterances, {systems[0].scores.total['lengths']:,} words; both sides normalised"
    told += f" (Persian by {code.load('normalize').VERSION}); {found[0].wer.n_groups} {'speakers' if groups else 'utterances'}"
    few = ", too few: the intervals are too narrow" if found[0].wer.few else ""
    out.print(f"{told} drawn with replacement, {bootstrap.REPLICATES:,} times{few}.", highlight=False)
    for one in systems:
        _invented(code, one)


def _invented(code: CodeFolder, system: System) -> None:
    """Tell of texts that repeat themselves as those do that a recogniser invents: a few can make up much of a WER."""
    from graders.terminal import clean, out

    faulty = [place for place, text in enumerate(system.raw[1]) if code.load("audio").looks_hallucinated(text)]
    if faulty:
        share = system.scores.errors[faulty].sum() / max(1, system.scores.errors.sum())
        text = f"{clean(system.name)}: {len(faulty)} text(s) repeat themselves as invented ones do; they hold {share:.0%} of the errors."
        out.print(f"[yellow]{text}[/]", highlight=False)


def _change(code: CodeFolder, systems: Sequence[System], groups: Sequence[str] | None) -> None:
    """Print what changed from the first to the second, on the same utterances."""
    from graders.terminal import out

    first, second = systems
    found = code.load("bootstrap").paired(first.scores.errors, second.scores.errors, first.scores.lengths, groups)
    text = f"Lower by {_interval(found.reduction)}, a share of {_interval(found.relative)} of the errors before"
    out.print(f"{text}; lower in {found.better:.1%} of the draws.", highlight=False)


def _differences(scorer: ModuleType, system: System, ids: Sequence[str], count: int) -> None:
    """Print the utterances with the most errors, word by word."""
    from graders.terminal import clean, out

    errors = system.scores.errors
    worst = sorted(range(len(ids)), key=lambda place: (-errors[place], place))[:count]
    for place in (place for place in worst if errors[place]):
        s, d, i = (int(getattr(system.scores, kind)[place]) for kind in ("substitutions", "deletions", "insertions"))
        steps = scorer.align(system.texts[0][place], system.texts[1][place])
        out.print(f"[bold]{clean(ids[place])}[/]  S {s}, D {d}, I {i}", highlight=False)
        out.print(f"  {_marked(steps)}", highlight=False, soft_wrap=True)


def _marked(steps: Sequence[tuple[str, str, str]]) -> str:
    """Write an alignment, long runs of insertions shortened."""
    from graders.terminal import clean

    words = []
    for operation, run in itertools.groupby(steps, key=lambda step: step[0]):
        rows = list(run)
        shown = rows[:SHOWN] if operation == "insert" else rows
        for _, wanted, heard in shown:
            marked = {
                "equal": clean(wanted),
                "substitute": f"[red]{clean(wanted)}[/]→[yellow]{clean(heard)}[/]",
                "delete": f"[red]{clean(f'[-{wanted}-]')}[/]",
                "insert": f"[yellow]{clean(f'{{+{heard}+}}')}[/]",
            }
            words.append(marked[operation])
        if len(rows) > len(shown):
            words.append(f"[yellow]{{+… {len(rows) - len(shown)} more+}}[/]")
    return " ".join(words)


def _ablation(scorer: ModuleType, system: System) -> None:
    """Print what WER would be without each step of the normaliser."""
    from graders.terminal import clean, out

    table = Table(box=None, pad_edge=False)
    for head in ("normalised without", "corpus WER", "spaces forgiven"):
        table.add_column(head, justify="left" if head == "normalised without" else "right")
    for row in scorer.ablation(*system.raw):
        table.add_row(clean(row["without"] or "(nothing left out)"), f"{row['wer']:.4f}", f"{row['merged_wer']:.4f}")
    out.print(table)
