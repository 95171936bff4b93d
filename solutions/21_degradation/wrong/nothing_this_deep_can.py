# expect: check=conclusions misconception=too-deep-for-anything
"""No net so deep can do it, with whatever weights or shortcuts."""

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = True
is_overfitting = False
too_few_parameters = False
could_do_as_well = False
same_depth_with_shortcuts = "worse"
