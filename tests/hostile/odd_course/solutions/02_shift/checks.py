"""A module that is given a state, and no parameters in order."""

from tutor.checks import Case, check, integers


def cases(rng):
    for n in (1, 2, 3):
        state = {"shift": integers(rng, 3), "scale": integers(rng, 3, low=1)}
        yield Case(state=state, x=integers(rng, n, 3), grad_output=integers(rng, n, 3, low=1))


@check("gradients", cases)
def gradients(submission, case):
    module = submission.Shift()
    module.load_state_dict(case.state)
    return module.gradients(case.x, grad_output=case.grad_output)
