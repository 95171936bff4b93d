"""The course: manifests, exercises, questions. Imports neither torch nor textual."""

from tutor.course.course import Course, load_course
from tutor.course.exercise import Answer, Exercise
from tutor.course.location import CourseLocation, builtin_course
from tutor.course.questions import Blank, NamedBlank, Question

__all__ = [
    "Answer",
    "Blank",
    "Course",
    "CourseLocation",
    "Exercise",
    "NamedBlank",
    "Question",
    "builtin_course",
    "load_course",
]
