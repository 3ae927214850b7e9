"""LaTeX's commands by what the lexer makes of them."""

from __future__ import annotations

import re

from .letters import GREEK

GAP = "␣"
"""What `\\quad` becomes: it parts two statements of a line, and is nothing inside one."""

SKIPPED = frozenset((
    "left", "right", "big", "Big", "bigg", "Bigg", "bigl", "bigr", "Bigl", "Bigr", "biggl", "biggr", "Biggl", "Biggr",
    "limits", "nolimits", "displaystyle", "textstyle", "mathrm_", "mathstrut", "nonumber", "notag", "blacksquare", "square",
    "Box", "qed", "qedhere", "checkmark", "hfill", "allowbreak", "Bigm", "bigm", ",", ";", ":", "!", ">", "(", ")", "[", "]", "#",
)) | {" "}  # fmt: skip

SIGNS: dict[str, str] = {
    "cdot": "·", "times": "×", "odot": "⊙", "circ": "⊙", "ast": "*", "div": "/", "le": "<=", "leq": "<=", "leqslant": "<=",
    "ge": ">=", "geq": ">=", "geqslant": ">=", "lt": "<", "gt": ">", "ne": "!=", "neq": "!=", "infty": "∞", "propto": "∝",
    "lvert": "|", "rvert": "|", "vert": "|", "mid": "|", "lVert": "‖", "rVert": "‖", "Vert": "‖", "|": "‖", "{": "{", "}": "}",
    "lbrace": "{", "rbrace": "}", "lbrack": "[", "rbrack": "]", "top": "⊤", "intercal": "⊤", "prime": "'", "dots": "…",
    "ldots": "…", "cdots": "…", "sum": "∑", "prod": "∏", "int": "∫", "partial": "∂", "nabla": "∇", "approx": "≈", "in": "∈",
    "land": "∧", "wedge": "∧", "lor": "∨", "vee": "∨", "sim": "~", "\\": "\\\\", "to": "→", "rightarrow": "→",
    "longrightarrow": "→", "Rightarrow": "⇒", "Longrightarrow": "⇒", "implies": "⇒", "therefore": "⇒", "iff": "⇒",
    "Leftrightarrow": "⇒", "Longleftrightarrow": "⇒", "forall": "∀", "equiv": "=", "coloneqq": "=", "triangleq": "=",
    "doteq": "=", "simeq": "≈", "cong": "≈", "parallel": "‖", "langle": "⟨", "rangle": "⟩", "quad": GAP, "qquad": GAP,
}  # fmt: skip

WORDS = frozenset((
    "mathrm", "text", "operatorname", "textrm", "textnormal", "mathit", "operatorname*", "textsf", "mbox",
))  # fmt: skip
STYLES = frozenset((
    "mathbf", "boldsymbol", "bm", "mathbb", "mathcal", "mathsf", "vec", "boxed", "mathbbm", "bf", "rm", "mathscr",
    "pmb", "mathtt", "underline",
))  # fmt: skip
REMARKS = frozenset(("text", "textrm", "textnormal", "mbox", "textit", "textbf"))
DISPLAYS = re.compile(r"\s*\{(aligned|alignat|align|equation|gathered|gather|split|eqnarray|multline|displaymath|math)\*?\}")
"""Environments that only lay a formula out; their rows are parted like lines."""

ACCENT_COMMANDS = {"hat": "hat", "widehat": "hat", "bar": "bar", "overline": "bar", "tilde": "tilde", "widetilde": "tilde"}
STRUCTURE = frozenset(("frac", "dfrac", "tfrac", "sqrt", "begin", "end", "binom"))
FUNCTION_COMMANDS = frozenset(
    ["exp", "ln", "log", "sin", "cos", "tan", "arctan", "sinh", "cosh", "tanh", "min", "max", "det", "Pr", "arg", "lim", "ell"]
)
GREEK_COMMANDS = {name: name for name in GREEK.values()} | {
    "varepsilon": "epsilon", "vartheta": "theta", "varphi": "phi", "varrho": "rho", "varsigma": "sigma", "mathds": "mathds",
}  # fmt: skip

PREFIXES = frozenset(("np", "numpy", "math", "sp", "sympy", "torch", "scipy", "special"))
"""Module names that a Python habit puts before a function; `np.log(x)` is read as `log(x)`."""
