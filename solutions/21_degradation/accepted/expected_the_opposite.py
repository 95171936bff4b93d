"""Wrong predictions are as good as right ones; capitals and blanks don't matter."""

predicted_deeper_plain = "Better"
predicted_deeper_residual = " WORSE "

worse_on_training_digits = True
is_overfitting = False
too_few_parameters = False
could_do_as_well = True
same_depth_with_shortcuts = "Better"
