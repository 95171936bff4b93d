# expect: check=conclusions misconception=not-among-its-functions
"""What training does not find is taken for what is not there."""

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = True
is_overfitting = False
too_few_parameters = False
could_do_as_well = False
same_depth_with_shortcuts = "better"
