"""Who is in a class."""

from __future__ import annotations

import msgspec


class Person(msgspec.Struct, frozen=True):
    """One learner of a class.

    Attributes:
        learner: the name that decides the questions of compute exercises, and under which all is kept; by default the
            name of the folder or the archive that was handed in.
        name: what people call them; empty where nothing says.
        email: likewise, as all that follows.
        username: as they log in to Moodle or GitHub.
        id_number: the university's number for them, Moodle's ``idnumber`` and Canvas' ``SIS User ID``.
        canvas_id: Canvas' own number for them.
        sis_login_id: as they log in to Canvas.
        section: of the course, as Canvas writes it.
    """

    learner: str
    name: str = ""
    email: str = ""
    username: str = ""
    id_number: str = ""
    canvas_id: str = ""
    sis_login_id: str = ""
    section: str = ""

    @property
    def called(self) -> str:
        """What to write where a person reads it."""
        return self.name or self.learner
