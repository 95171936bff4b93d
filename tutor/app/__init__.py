"""The Textual app. Only :mod:`tutor.app.app` is imported at start; a screen is imported when it is first shown.

    screens/   a screen each, its style sheet beside it
    widgets/   what screens are made of; a widget owns its own drawing
    messages   what widgets and thread workers tell their screen

``checks``, ``learner_file`` and ``follow`` hold what needs no terminal, and import no Textual. Slow work runs in thread
workers, which never touch a widget: they post a message, and a handler owns the state. Nothing here imports torch.
"""
