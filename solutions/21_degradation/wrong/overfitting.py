# expect: check=conclusions misconception=overfitting
"""Worse on both sets of digits is taken for overfitting."""

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = True
is_overfitting = True
too_few_parameters = False
could_do_as_well = True
same_depth_with_shortcuts = "better"
