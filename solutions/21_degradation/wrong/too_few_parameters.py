# expect: check=conclusions misconception=too-few-parameters
"""The larger net is taken for too small."""

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = True
is_overfitting = False
too_few_parameters = True
could_do_as_well = True
same_depth_with_shortcuts = "better"
