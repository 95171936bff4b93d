"""A function that is given no tensor, and gives one of a single number."""

from tutor.checks import Case, check, integers


@check("values", lambda rng: [Case(numbers=[*range(n), *integers(rng, n).tolist()]) for n in (2, 3, 4)])
def values(submission, case):
    return {"output": submission.spread(case.numbers)}
