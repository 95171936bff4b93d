"""A class: what learners handed in, judged, kept in a gradebook, and written as others read it. Imports no torch."""
