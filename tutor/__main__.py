"""``python -m tutor`` is ``cnn-tutor``."""

from tutor.cli import main

main()
