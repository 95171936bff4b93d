"""Signs that speech passes over or calls by another name, as words.

Tried with espeak-ng: of ✓, · and a hat it says nothing, and σ² is "sigma two" to it. What it says well (−, ≤, ∞, °,
Greek letters) stays, and so do the signs of Python: whoever programs by ear has them read.
"""

from __future__ import annotations

import re
import unicodedata

POWERS = {"²": " squared", "³": " cubed", "ᵀ": " transposed"}
RAISED = "⁻⁰¹²³⁴⁵⁶⁷⁸⁹ⁿᵏᵀ"
LOWERED = "₀₁₂₃₄₅₆₇₈₉ᵢⱼₖₘₙ"
BY_SIGN = {
    "→": "to",
    "×": "by",
    "√": "root of ",
    "Σ": "sum of ",
    "∂": "d",
    "′": " prime",
    "ℓ": "l",
    "✓": "right",
    "✗": "wrong",
    "–": "-",
    "…": "...",
    "⋮": "...",
    "⌊": "floor(",
    "⌋": ")",
    "\N{COMBINING CIRCUMFLEX ACCENT}": " hat",
}
APART = ("→", "×")
"""Signs whose word needs a blank on either side."""

PATTERN = re.compile(
    rf"(?P<raised>[{RAISED}]+)|(?P<lowered>[{LOWERED}]+)|(?P<times>(?<=\S)·(?=\S))|(?P<dot>·)"
    rf"|(?P<apart> ?[{''.join(APART)}] ?)|(?P<sign>[{''.join(BY_SIGN)}])"
)


def spoken(text: str) -> str:
    """A text as it is read aloud: ``4×4`` is ``4 by 4``, ``σ²`` is ``σ squared``."""
    return PATTERN.sub(_word, text)


def _word(found: re.Match[str]) -> str:
    sign = found[0]
    match found.lastgroup:
        case "raised":
            return POWERS.get(sign) or f" to the power of {_level(sign)}"
        case "lowered":
            return f" {_level(sign)}"
        case "times":
            return " times "
        case "dot":
            return "dot"
        case "apart":
            return f" {BY_SIGN[sign.strip()]} "
    return BY_SIGN[sign]


def _level(signs: str) -> str:
    """Raised or lowered signs, on the line."""
    return unicodedata.normalize("NFKC", signs)
