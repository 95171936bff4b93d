"""How exercise 21 is judged: predicted first, then measured on nets of ours, then concluded from what was measured.

The conclusions are held against the very numbers that the learner has read.
"""

from collections.abc import Iterator
from typing import Any

import torch

from tutor.checks import Case, Judgement, Lab, Submission, Trial, Words, check, in_words, trained

PREDICTIONS = ("predicted_deeper_plain", "predicted_deeper_residual")
COMPARED = ("better", "worse")
KINDS = ("plain", "residual")

SHALLOW, DEEP = 4, 26
NETS = {
    (kind, depth): Trial(
        f"the {kind} net of {depth} layers",
        kind,
        (depth,),
        is_ours=True,
        seeds=(0, 1),
        images=8_000,
        learning_rate=0.01,
        one_cycle=True,
    )
    for kind in KINDS
    for depth in (SHALLOW, DEEP)
}


def nothing_drawn(_rng: torch.Generator) -> Iterator[Case]:
    # What is named has to be seen three times.
    yield from (Case(), Case(), Case())


@check("prediction", nothing_drawn)
def prediction(submission: Submission, _case: Case) -> dict[str, Words]:
    return {name: comparison(submission.value(name)) for name in PREDICTIONS}


def comparison(value: Any) -> Words:
    """What somebody has predicted, in the words in which two such predictions are alike."""
    if value is ...:
        return Words("not filled in yet; nothing is trained before you have predicted")
    if said(value) in COMPARED:
        return Words('"better" or "worse"')
    match value:
        case bool():
            return Words("True or False")
        case int() | float():
            return Words("a number")
        case str():
            return Words("another text")
    return Words(in_words(value))


def said(value: Any) -> Any:
    """A text without regard to capitals and blanks; anything else as it is."""
    return value.strip().lower() if isinstance(value, str) else value


@trained("run", *NETS.values(), values=PREDICTIONS)
def run(lab: Lab) -> Judgement:
    rows = [
        f"{kind + ' net,':13} {depth:2} layers: training loss {lab.train_loss(net):.2f}, "
        f"test accuracy {lab.accuracy(net):.1f} %"
        for (kind, depth), net in NETS.items()
    ]
    outcomes = [
        f"The deeper {kind} net is {deeper(lab, kind)} (training loss); you predicted {said(lab.values[name])}."
        for kind, name in zip(KINDS, PREDICTIONS, strict=True)
    ]
    return Judgement(passed=True, says="\n".join([f"Measured {lab.on_what()}:", *rows, *outcomes]))


def deeper(lab: Lab, kind: str) -> str:
    """How the deep net of a kind does on the training digits beside the shallow one."""
    return beside(lab.train_loss(NETS[kind, DEEP]), lab.train_loss(NETS[kind, SHALLOW]))


def beside(loss: float, other: float) -> str:
    """How somebody does whose loss is this, beside one whose loss is the other."""
    return "better" if loss < other else "worse"


def is_overfitted(lab: Lab) -> bool:
    """Whether the deep plain net is better on the training digits, and worse on the test digits."""
    shallow, deep = NETS["plain", SHALLOW], NETS["plain", DEEP]
    return deeper(lab, "plain") == "better" and lab.accuracy(deep) < lab.accuracy(shallow)


LOOK_AT = {
    "worse_on_training_digits": "set the training losses of the two plain nets side by side; lower is better",
    "is_overfitting": "what overfits is good on the digits that it was trained on; look at the training losses",
    "too_few_parameters": "the lesson counts them: 1,730 with 4 layers, 14,754 with 26",
    "could_do_as_well": 'read again what the lesson makes under "Why deeper should never be worse"',
    "same_depth_with_shortcuts": "set the training losses of the two nets of 26 layers side by side; lower is better",
}
"""What there is to conclude, and what it shows in."""

SHOWS = {
    ("worse_on_training_digits",): "not-worse",
    ("is_overfitting",): "overfitting",
    ("worse_on_training_digits", "is_overfitting"): "by-heart",
    ("too_few_parameters",): "too-few-parameters",
    ("could_do_as_well",): "not-among-its-functions",
    ("too_few_parameters", "could_do_as_well"): "too-small-for-it",
    ("same_depth_with_shortcuts",): "depth-itself",
    ("could_do_as_well", "same_depth_with_shortcuts"): "too-deep-for-anything",
    ("worse_on_training_digits", "same_depth_with_shortcuts"): "higher-is-better",
    ("is_overfitting", "too_few_parameters"): "too-much-and-too-little",
}
"""Which conclusions are wrong, all others being right, and what that looks like."""


@trained("conclusions", *NETS.values(), values=tuple(LOOK_AT))
def conclusions(lab: Lab) -> Judgement:
    right: dict[str, bool | str] = {
        "worse_on_training_digits": deeper(lab, "plain") == "worse",
        "is_overfitting": is_overfitted(lab),
        "too_few_parameters": False,
        "could_do_as_well": True,
        "same_depth_with_shortcuts": beside(*(lab.train_loss(NETS[kind, DEEP]) for kind in ("residual", "plain"))),
    }
    given = {name: said(lab.values[name]) for name in right}
    empty = [name for name in right if given[name] is ...]
    odd = [name for name in right if name not in empty and not fits(given[name], right[name])]
    wrong = tuple(name for name in right if name not in (*empty, *odd) and given[name] != right[name])
    if not (empty or odd or wrong):
        return Judgement(passed=True, says="Your conclusions are what these numbers show.")
    lines = [f"{name} is {in_words(lab.values[name])}; {asked(right[name])} is asked" for name in odd]
    lines += [f"{name} is not so: {LOOK_AT[name]}" for name in wrong]
    # What was measured stands above.
    invites = "" if lines else "Read this, and conclude: "
    lines += [f"{'' if place else invites}{name} is not filled in yet" for place, name in enumerate(empty)]
    named = form_of({name: given[name] for name in odd}) if odd else SHOWS.get(wrong, "")
    return Judgement(passed=False, says="\n".join(lines), misconception=named)


def fits(value: Any, right: bool | str) -> bool:
    """Whether a conclusion is one of those that there are to choose from."""
    return isinstance(value, bool) if isinstance(right, bool) else value in COMPARED


def asked(right: bool | str) -> str:
    """What there is to choose from, in words."""
    return "True or False, without quotes," if isinstance(right, bool) else '"better" or "worse"'


def form_of(odd: dict[str, Any]) -> str:
    """What it looks like where conclusions are none of those that there are to choose from, or nothing."""
    if all(value in ("true", "false") for value in odd.values()):
        return "true-in-quotes"
    if list(odd) == ["same_depth_with_shortcuts"] and isinstance(odd["same_depth_with_shortcuts"], bool):
        return "not-compared"
    return ""
