# expect: check=conclusions misconception=too-small-for-it
"""The larger net is taken for too small to do what the smaller one does."""

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = True
is_overfitting = False
too_few_parameters = True
could_do_as_well = False
same_depth_with_shortcuts = "better"
