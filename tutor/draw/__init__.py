"""Pictures and tables as Rich renderables: the app and the command line show the same ones."""
