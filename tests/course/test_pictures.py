"""The pictures that go with the lessons."""

from __future__ import annotations

from tutor.course import builtin_course, load_course
from tutor.pictures import pictures_for


def test_every_exercise_has_one_and_all_can_be_drawn() -> None:
    for exercise in load_course(builtin_course()).exercises:
        asked = pictures_for(exercise.manifest.pictures)
        assert asked, exercise.slug
        for kind, typed in asked:
            assert kind.picture(typed).frames
