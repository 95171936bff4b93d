# expect: check=conclusions misconception=true-in-quotes
"""Truth values are texts."""

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = "True"
is_overfitting = "False"
too_few_parameters = "False"
could_do_as_well = "True"
same_depth_with_shortcuts = "better"
