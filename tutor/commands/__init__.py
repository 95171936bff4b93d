"""The commands: each a click command called ``command``, imported when it runs."""
