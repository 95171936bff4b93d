# expect: check=prediction misconception=prediction-undecided
"""Neither better nor worse is predicted."""

predicted_deeper_plain = "the same"
predicted_deeper_residual = "the same"

worse_on_training_digits = True
is_overfitting = False
too_few_parameters = False
could_do_as_well = True
same_depth_with_shortcuts = "better"
