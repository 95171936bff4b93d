# expect: check=conclusions misconception=by-heart
"""The story of overfitting, told whatever the training losses are."""

predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

worse_on_training_digits = False
is_overfitting = True
too_few_parameters = False
could_do_as_well = True
same_depth_with_shortcuts = "better"
