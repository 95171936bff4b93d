"""Watching a file and checking it whenever it is saved. Imports neither torch nor textual.

saves      when the file holds a new text
keyboard   single keys, where there is a terminal to type them in
session    what happens then: one thread owns the state, and hears of the rest through a queue
view       what is shown of it
"""
