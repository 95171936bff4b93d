"""What was read is written down, and Python concludes from it."""

predicted_deeper_plain = predicted_deeper_residual = "worse"

loss = {("plain", 4): 0.63, ("plain", 26): 1.46, ("residual", 26): 0.24}
parameters = {4: 1_730, 26: 14_754}

worse_on_training_digits = loss["plain", 26] > loss["plain", 4]
is_overfitting = not worse_on_training_digits
too_few_parameters = parameters[26] < parameters[4]
could_do_as_well = True  # the shallow net's layers, and identities behind them
same_depth_with_shortcuts = "better" if loss["residual", 26] < loss["plain", 26] else "worse"
