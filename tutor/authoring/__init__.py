"""For authors: proving that an exercise is what it says, and laying down a new one. Imports no torch.

What runs an author's programs is a process of its own (:mod:`tutor.authoring.prover`), so that one that never ends, or
takes its process down, is a fault like any other.
"""
