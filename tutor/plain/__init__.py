"""The learner's whole way as a conversation: a line is typed, lines are appended, and nothing moves.

beginning      where there is no workspace yet: in which folder, under which name
conversation   the prompt and its commands; most are those of the command line, about the exercise that one is at
answering      an exercise by hand, number by number and row by row
"""
