# expect: check=prediction misconception=prediction-as-truth-value
"""The predictions are truth values."""

predicted_deeper_plain = True
predicted_deeper_residual = True

worse_on_training_digits = True
is_overfitting = False
too_few_parameters = False
could_do_as_well = True
same_depth_with_shortcuts = "better"
