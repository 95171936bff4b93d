"""The learner's whole way as a conversation: a line is typed, lines are appended, and nothing moves.

    beginning      where there is no workspace yet: in which folder, under which name
    conversation   the prompt and its commands; most are those of the command line, about the exercise that one is at
    reading        a lesson, section by section
    answering      an exercise by hand, number by number and row by row
    attempts       what came of each, and what changed
    typed          what is typed after a command

What is said stands in :mod:`tutor.draw.linear`. Nothing here imports torch or Textual.
"""
