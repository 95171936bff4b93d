# expect: check=conclusions misconception=not-worse
"""What one would expect is taken for what was measured."""

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = False
is_overfitting = False
too_few_parameters = False
could_do_as_well = True
same_depth_with_shortcuts = "better"
