"""Hidden checks of question 1: distances between distributions, as formulas."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from graders.kit import check, ensure
from graders.kit.formula import Node, parse
from graders.kit.formula.tree import Bin, Fold, Index, Num, Sym, rebuild
from graders.proof import Options, decide
from graders.proof.key import Assessment
from graders.proof.marking import Answers, Marker, own_tree, settle
from graders.proof.simple import fold

MARKER = Marker.load(Path(__file__).parent)
CONVENTIONS = ("plain", "normalised")
UNNAMED = 0.75
"""Share of a right Hellinger distance whose convention is not named."""


@check("q1.distance")
def test_distance(answers: Answers) -> None:
    """One way to measure the distance between two distributions over n outcomes: its name and its formula."""
    chosen = answers.get("q1.distance_name")
    ensure(chosen is not None, "Choose the name of your distance in q1.distance_name; the formula is judged by it.")
    assert chosen is not None
    entries = [name for name in MARKER.key.rights if _names(name, chosen.text)]
    results = [MARKER.mark(answers, "q1.distance", right=name) for name in entries]
    best = next((result for result in results if result.share), results[0])
    if best.share == 0 and _equal_on_distributions(answers, entries):
        best = replace(best, share=1.0, kind="agrees", message="equal for all p and q that add up to 1", mistake="", lesson="")
    settle(best)


def _names(entry: str, chosen: str) -> bool:
    """Whether an entry of the key is a form of the distance chosen: `q1.distance.Hellinger (squared)` is one of Hellinger."""
    head = "q1.distance."
    return entry.startswith(head) and fold(entry.removeprefix(head).split(" (")[0]) == fold(chosen)


def _equal_on_distributions(answers: Answers, entries: list[str]) -> bool:
    """Whether her formula is right once p and q add up to 1, as `sum p^2/q - 1` is for chi-square."""
    hers = own_tree(answers, "q1.distance")
    context = answers.parts["q1.distance"].context
    if hers is None:
        return False
    rights = (parse(str(MARKER.key.rights[name].right), context) for name in entries)
    return any(decide(normalised(hers[0]), normalised(right), context, Options(prove=False)).accepted for right in rights)


def normalised(tree: Node) -> Node:
    """The formula with p_i / sum p in the place of p_i, and the same for q."""
    if isinstance(tree, Index) and tree.name in ("p", "q"):
        total = Fold("sum", "t_", Num(Fraction(1)), Sym("n"), Index(tree.name, Sym("t_")))
        return Bin("/", tree, total)
    return rebuild(tree, normalised)


@check("q1.kl")
def test_kl(answers: Answers) -> None:
    """KL(p||q) of two Gaussians."""
    settle(MARKER.mark(answers, "q1.kl"))


@check("q1.asymmetry")
def test_asymmetry(answers: Answers) -> None:
    """KL in both directions for p = N(0, 1) and q = N(1, 1.5^2): two numbers."""
    settle(MARKER.mark(answers, "q1.kl_forward"), MARKER.mark(answers, "q1.kl_backward"))


@check("q1.tv")
def test_tv(answers: Answers) -> None:
    """Total variation of two Gaussians with equal standard deviations."""
    settle(MARKER.mark(answers, "q1.tv"))


@check("q1.chi2")
def test_chi2(answers: Answers) -> None:
    """Chi-square divergence of two Gaussians, where it is finite."""
    settle(MARKER.mark(answers, "q1.chi2"))


@check("q1.hellinger")
def test_hellinger(answers: Answers) -> None:
    """Squared Hellinger distance of two Gaussians, in the convention that you name."""
    chosen = answers.get("q1.hellinger_convention")
    if chosen is not None:
        settle(MARKER.mark(answers, "q1.hellinger", right=f"q1.hellinger.{fold(chosen.text)}"))
        return
    settle(_unnamed([MARKER.mark(answers, "q1.hellinger", right=f"q1.hellinger.{name}") for name in CONVENTIONS]))


def _unnamed(results: list[Assessment]) -> Assessment:
    """Right in either convention, but which one was not said."""
    right = next((result for result in results if result.share), None)
    if right is None:
        return results[0]
    return replace(right, share=UNNAMED, message="right in one of the two conventions, but q1.hellinger_convention names none")


@check("q1.w2")
def test_w2(answers: Answers) -> None:
    """Squared Wasserstein-2 distance of two Gaussians."""
    settle(MARKER.mark(answers, "q1.w2"))


@check("q1.mmd")
def test_mmd(answers: Answers) -> None:
    """Squared MMD of two Gaussians with a Gaussian kernel."""
    settle(MARKER.mark(answers, "q1.mmd"))


@check("q1.kan")
def test_kan(answers: Answers) -> None:
    """How many outer and inner functions the Kolmogorov-Arnold theorem has for n inputs."""
    settle(MARKER.mark(answers, "q1.kan_outer"), MARKER.mark(answers, "q1.kan_inner"))
