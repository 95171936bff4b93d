"""Whoever knew it beforehand."""

predicted_deeper_plain = "worse"
predicted_deeper_residual = "better"

worse_on_training_digits = True
is_overfitting = False
too_few_parameters = False
could_do_as_well = True
same_depth_with_shortcuts = "better"
