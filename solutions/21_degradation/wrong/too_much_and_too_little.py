# expect: check=conclusions misconception=too-much-and-too-little
"""It overfits for want of parameters."""

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = True
is_overfitting = True
too_few_parameters = True
could_do_as_well = True
same_depth_with_shortcuts = "better"
