# expect: check=prediction misconception=prediction-as-a-loss
"""The predictions are losses."""

predicted_deeper_plain = 0.4
predicted_deeper_residual = 0.3

worse_on_training_digits = True
is_overfitting = False
too_few_parameters = False
could_do_as_well = True
same_depth_with_shortcuts = "better"
