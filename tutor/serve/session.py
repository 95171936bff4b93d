"""The app of one tab: ``python -P -m tutor.serve.session FOLDER [DATA]``. stdin and stdout are the server's."""

from __future__ import annotations

import sys
from pathlib import Path

from tutor.app.app import TutorApp
from tutor.cli import say_error
from tutor.commands.common import engine_for, the_course
from tutor.errors import TutorError


def main(folder: str, data: str | None = None) -> int:
    """Run the app, with the engine that commands share: it stays up when a page is loaded again."""
    try:
        course = the_course(Path(folder))
        app = TutorApp(course, Path(folder), data, engine=engine_for(course, shared=True))
    except TutorError as error:
        say_error(error)
        return error.exit_code
    return app.run() or 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
