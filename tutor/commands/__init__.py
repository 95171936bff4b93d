"""The commands, one a module: each has a click command called ``command``, named in :data:`tutor.cli.COMMANDS`."""
