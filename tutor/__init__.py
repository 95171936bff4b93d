"""cnn-tutor: learn how a convolutional network works by doing it."""

__version__ = "0.1.0"
