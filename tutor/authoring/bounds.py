"""The bounds that a proof asks for. Imports no torch."""

RIGHT_BELOW = 0.1
"""What a right answer's largest error over the tolerance must be below."""

WRONG_ABOVE = 10.0
"""What a wrong answer's largest error over the tolerance must be above, at the check that it names."""

SEEDS = 200
WHOLE_SEEDS = 3
"""On how many of the seeds every wrong answer goes through every check; on the rest, only through the one it names."""

WRONG_EVERY = 4
"""On one of so many of the other seeds wrong answers are tried at all: they are many."""

QUICK_SEEDS = 20
QUICK_WHOLE_SEEDS = 3

ENGINE_SEEDS = 3
"""On how many seeds, and for how many learners, every program goes through the engine as a learner's does."""
