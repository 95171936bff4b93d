"""Exercise 21: degradation. Predict, save, and run:  cnn-tutor check exercise 21

Then read what was measured, fill in your conclusions, and run it again.
"""

# 1. Your predictions, before anything is trained. Of two nets of the same kind, one has 26 layers and one has 4. On the
# digits that both were trained on, is the loss of the deeper one "better" (lower) or "worse" (higher)?
predicted_deeper_plain = ...  # without shortcuts
predicted_deeper_residual = ...  # with shortcuts

# 2. Your conclusions, when you have seen what was measured. Leave these as they are until then.

# On the digits that they were trained on, is the deep plain net worse than the shallow plain net? True or False
worse_on_training_digits = ...

# Is what happened to the deep plain net overfitting? True or False
is_overfitting = ...

# Does the deep plain net have too few parameters to do as well as the shallow one? True or False
too_few_parameters = ...

# Are there weights with which the deep plain net would do as well as the shallow one that was trained? True or False
could_do_as_well = ...

# On the same digits, is the deep residual net "better" or "worse" than the plain net of the same depth?
same_depth_with_shortcuts = ...
