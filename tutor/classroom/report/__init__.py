"""The report on a class, as HTML that is read without network and without scripts: one page for the instructor, one for
each learner. No torch.

What stands in it may come from learners. Jinja escapes all of it, and the pages' own policy forbids whatever might get
through: scripts, frames, forms, images, and styles other than ours.
"""
