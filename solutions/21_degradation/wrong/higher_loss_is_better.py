# expect: check=conclusions misconception=higher-is-better
"""A loss is read as if it were an accuracy."""

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = False
is_overfitting = False
too_few_parameters = False
could_do_as_well = True
same_depth_with_shortcuts = "worse"
