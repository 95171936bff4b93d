# expect: check=conclusions misconception=depth-itself
"""Whatever is as deep must be as bad."""

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = True
is_overfitting = False
too_few_parameters = False
could_do_as_well = True
same_depth_with_shortcuts = "worse"
