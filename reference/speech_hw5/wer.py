"""Speech HW5, question 3: the word error rate, in the one place where it is computed.

    WER = (S + D + I) / N

To turn the reference into the hypothesis, S words are substituted, D deleted and I inserted, as few in all as possible; N is the
number of words of the reference. A hypothesis can be longer than its reference, so WER may exceed 1.

Two averages over a test set go by the same name, and differ:

- corpus WER (`wer`): all errors over all reference words; long utterances count more. Papers mean this one.
- mean WER (`mean_wer`): the mean of the utterances' own rates; each counts the same, and short ones can dominate.

Several alignments may be equally cheap ("a b" to "b c" takes two substitutions, or a deletion and an insertion): of these the one
with the most correct words is taken, as NIST's sclite does here. An utterance without reference words (silence) has no rate of its
own: its insertions count in the corpus WER, and the mean leaves it out.

Words stand between white space. Nothing here normalises, except what says so in its name.
"""

from dataclasses import dataclass, fields, replace

import numpy as np
from normalize import ALL, normalize

try:
    from rapidfuzz.distance import Levenshtein  # the engine of jiwer, in C++
except ImportError:  # the same with NumPy, at a quarter of the speed
    Levenshtein = None

EDIT = 1 << 32  # an error; a substitution costs 1 more, so that among equally many errors the fewest are substitutions
BATCH = 500  # utterances aligned at once


# How many errors: one number for each pair of token lists.


def costs(references, hypotheses):
    """EDIT * errors + substitutions of each pair's best alignment: two lists of N token lists -> (N,) int."""
    if Levenshtein is None:
        return costs_by_numpy(references, hypotheses)
    weights = (EDIT, EDIT, EDIT + 1)  # insertion, deletion, substitution
    pairs = zip(references, hypotheses, strict=True)
    return np.array([Levenshtein.distance(one, other, weights=weights) for one, other in pairs], dtype=np.int64)


def costs_by_numpy(references, hypotheses):
    """The same in batches of pairs of similar length: the rows of their tables are filled together."""
    numbers = {}
    coded = [
        [[numbers.setdefault(token, len(numbers)) for token in tokens] for tokens in side] for side in (references, hypotheses)
    ]
    order = sorted(range(len(references)), key=lambda i: (len(references[i]), len(hypotheses[i])))
    found = np.zeros(len(references), dtype=np.int64)
    for start in range(0, len(order), BATCH):
        batch = order[start : start + BATCH]
        one, other = [coded[0][i] for i in batch], [coded[1][i] for i in batch]
        corners = [len(tokens) for tokens in one], range(len(batch)), [len(tokens) for tokens in other]
        found[batch] = tables(one, other)[corners]
    return found


def tables(references, hypotheses):
    """The tables of the dynamic programme, for B pairs of lists of ints.

    Returns (n + 1, B, m + 1), n and m the greatest lengths. Entry [i, b, j] is the cost of the first i tokens of reference b against the
    first j of hypothesis b.
    """
    reference, hypothesis = padded(references, -1), padded(hypotheses, -2)  # (B, n), (B, m)
    inserted = EDIT * np.arange(hypothesis.shape[1] + 1)
    table = np.empty((reference.shape[1] + 1, len(references), len(inserted)), dtype=np.int64)
    table[0] = inserted
    for i in range(1, len(table)):
        above, row = table[i - 1], table[i]
        wrong = reference[:, i - 1, None] != hypothesis  # (B, m)
        row[:, 0] = EDIT * i
        row[:, 1:] = np.minimum(above[:, 1:] + EDIT, above[:, :-1] + (EDIT + 1) * wrong)
        # an insertion costs EDIT a step, so row[j] = min over k <= j of row[k] + EDIT * (j - k)
        row[:] = np.minimum.accumulate(row - inserted, axis=1) + inserted
    return table


def padded(lists, filler):
    """Lists of ints as rows of one array: (B, longest)."""
    lengths = np.array([len(one) for one in lists], dtype=np.int64)
    rows = np.full((len(lists), lengths.max(initial=0)), filler, dtype=np.int64)
    rows[np.arange(rows.shape[1]) < lengths[:, None]] = np.fromiter((x for one in lists for x in one), np.int64, lengths.sum())
    return rows


# The counts of a test set, and what is made of them.


@dataclass(frozen=True)
class Scores:
    """Counts of N utterances, each (N,) int: what was recognised, the three kinds of error, and the reference's length."""

    hits: np.ndarray
    substitutions: np.ndarray
    deletions: np.ndarray
    insertions: np.ndarray
    lengths: np.ndarray

    @property
    def errors(self):
        """S + D + I of each utterance: (N,)."""
        return self.substitutions + self.deletions + self.insertions

    @property
    def total(self):
        """All counts added up: {"hits": ..., "substitutions": ..., "deletions": ..., "insertions": ..., "lengths": ...}."""
        return {field.name: int(getattr(self, field.name).sum()) for field in fields(self)}


def corpus_rate(scores):
    """All errors over all reference tokens, >= 0. Raises ValueError where there are none to divide by."""
    if not scores.lengths.any():
        raise ValueError(f"the {len(scores.lengths)} reference(s) hold no word, so there is no error rate; check the transcripts")
    return float(scores.errors.sum() / scores.lengths.sum())


def mean_rate(scores):
    """The mean of the rates of the utterances that have one, >= 0. Raises ValueError where none has."""
    spoken = scores.lengths > 0
    if not spoken.any():
        raise ValueError(f"the {len(scores.lengths)} reference(s) hold no word, so there is no error rate; check the transcripts")
    return float((scores.errors[spoken] / scores.lengths[spoken]).mean())


def words(text):
    """The tokens of WER."""
    return text.split()


def characters(text):
    """The tokens of CER: the characters, with one space between two words."""
    return list(" ".join(text.split()))


def score(references, hypotheses, tokens=words):
    """Count hits and errors of each utterance.

    references, hypotheses: two lists of N texts, in the same order. tokens: `words` or `characters`.
    Returns Scores. Raises ValueError where the lists cannot be pairs.
    """
    if isinstance(references, str) or isinstance(hypotheses, str):
        raise ValueError("got one text, wanted a list of texts on either side; write [text]")
    if len(references) != len(hypotheses):
        raise ValueError(f"got {len(references)} references and {len(hypotheses)} hypotheses, wanted as many of both")
    for name, side in (("reference", references), ("hypothesis", hypotheses)):
        if odd := [place for place, text in enumerate(side) if not isinstance(text, str)]:
            got = type(side[odd[0]]).__name__
            raise ValueError(f'{name} {odd[0]} is of type {got}, wanted a text; where nothing was said or heard write ""')
    wanted, heard = [tokens(text) for text in references], [tokens(text) for text in hypotheses]
    lengths = np.array([len(one) for one in wanted], dtype=np.int64)
    longer = np.array([len(one) for one in heard], dtype=np.int64) - lengths
    errors, substitutions = np.divmod(costs(wanted, heard), EDIT)
    insertions = (errors - substitutions + longer) // 2  # I + D = errors - S, and I - D = longer
    deletions = insertions - longer
    return Scores(lengths - substitutions - deletions, substitutions, deletions, insertions, lengths)


def counts(reference, hypothesis):
    """Of one utterance: {"hits": H, "substitutions": S, "deletions": D, "insertions": I}."""
    total = score([reference], [hypothesis], words).total
    return {name: total[name] for name in ("hits", "substitutions", "deletions", "insertions")}


def wer(references, hypotheses):
    """Corpus WER: all errors over all reference words."""
    return corpus_rate(score(references, hypotheses, words))


def mean_wer(references, hypotheses):
    """Mean WER: the mean of the utterances' own error rates."""
    return mean_rate(score(references, hypotheses, words))


def cer(references, hypotheses):
    """Corpus CER: the same with characters for words; the space between two words is one."""
    return corpus_rate(score(references, hypotheses, characters))


def normalized_wer(references, hypotheses):
    """Corpus WER of the normalised texts, both sides alike."""
    return wer([normalize(text) for text in references], [normalize(text) for text in hypotheses])


# Who says what in place of what: for feedback pages and tables of confusions.


def align(reference, hypothesis):
    """The best alignment, word by word: a list of (operation, reference word, hypothesis word).

    operation: "equal", "substitute", "delete" (no hypothesis word: "") or "insert" (no reference word: ""). The kinds are as many as
    `counts` says.
    """
    wanted, heard = words(reference), words(hypothesis)
    numbers = {word: number for number, word in enumerate(dict.fromkeys(wanted + heard))}
    table = tables([[numbers[word] for word in wanted]], [[numbers[word] for word in heard]])[:, 0]  # (n + 1, m + 1)
    i, j, steps = len(wanted), len(heard), []
    while i or j:  # back from the last words to the first, by the step that the cost came from
        if i and j and table[i, j] == table[i - 1, j - 1] + (EDIT + 1) * (wanted[i - 1] != heard[j - 1]):
            i, j = i - 1, j - 1
            steps.append(("equal" if wanted[i] == heard[j] else "substitute", wanted[i], heard[j]))
        elif i and table[i, j] == table[i - 1, j] + EDIT:
            i -= 1
            steps.append(("delete", wanted[i], ""))
        else:
            j -= 1
            steps.append(("insert", "", heard[j]))
    return steps[::-1]


# Words written together or apart: کتابخانه and کتاب خانه.


def rejoin(reference, hypothesis):
    """The hypothesis, written together and apart as the reference is, where the letters agree.

    Stretches of words whose letters, run together, are the same in both take the reference's spaces; nothing else changes. Of all ways to
    choose them, one that leaves the fewest errors.
    """
    wanted, heard = words(reference), words(hypothesis)
    best = [[(j, 0, 1) for j in range(len(heard) + 1)]]  # errors so far, and how many words of each side the last step took
    for i in range(1, len(wanted) + 1):
        best.append([(i, 1, 0)])
        for j in range(1, len(heard) + 1):
            ways = [(best[i - 1][j - 1][0] + 1, 1, 1), (best[i - 1][j][0] + 1, 1, 0), (best[i][j - 1][0] + 1, 0, 1)]
            up, left = same_letters(wanted, heard, i, j)
            if up:
                ways.insert(0, (best[i - up][j - left][0], up, left))
            best[i].append(min(ways, key=lambda way: way[0]))
    i, j, written = len(wanted), len(heard), []
    while i or j:
        errors, up, left = best[i][j]
        agree = errors == best[i - up][j - left][0]
        written += reversed(wanted[i - up : i] if agree else heard[j - left : j])
        i, j = i - up, j - left
    return " ".join(reversed(written))


def same_letters(wanted, heard, i, j):
    """How many words before place i and before place j, as few as possible, are the same letters: (up, left); (0, 0) where none are."""
    up, left = 1, 1
    one, other = wanted[i - 1], heard[j - 1]
    while len(one) != len(other):
        if not (one.endswith(other) or other.endswith(one)):
            return 0, 0
        if len(one) < len(other):
            up += 1
            if up > i:
                return 0, 0
            one = wanted[i - up] + one
        else:
            left += 1
            if left > j:
                return 0, 0
            other = heard[j - left] + other
    return (up, left) if one == other else (0, 0)


def merged_wer(references, hypotheses):
    """Corpus WER that forgives spaces: words written together or apart are no error. N stays the reference's number of words."""
    return wer(references, [rejoin(one, other) for one, other in zip(references, hypotheses, strict=True)])


def ablation(references, hypotheses):
    """What each step of the normaliser is worth.

    Returns a list of {"without": step, "wer": corpus WER, "merged_wer": the one that forgives spaces}: nothing left out ("") first,
    then each step alone left out, and at last no normalisation at all ("everything").
    """
    names = [field.name for field in fields(ALL)]
    nothing = replace(ALL, **dict.fromkeys(names, False))
    variants = {"": ALL} | {name: replace(ALL, **{name: False}) for name in names} | {"everything": nothing}
    rows = []
    for name, steps in variants.items():
        pair = [[normalize(text, steps) for text in side] for side in (references, hypotheses)]
        rows.append({"without": name, "wer": wer(*pair), "merged_wer": merged_wer(*pair)})
    return rows
