"""The lab: MNIST training in a process of its own, followed through a file of events.

``plan``, ``runs``, ``launching``, ``events``, ``run_state`` and ``follow`` are for faces and import no torch;
``trainer`` and what it needs run in the training process alone.
"""
