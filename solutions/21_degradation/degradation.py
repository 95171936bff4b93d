"""Degradation as He et al. (2015) found it: a deeper plain net is worse on the very images that it was trained on."""

# Any prediction is right. This is what the argument with the identities suggests.
predicted_deeper_plain = "better"
predicted_deeper_residual = "better"

# Its training loss is the higher one of the two plain nets' ...
worse_on_training_digits = True
# ... and what overfits has the lower one.
is_overfitting = False
# 14,754 beside 1,730.
too_few_parameters = False
# The shallow net's weights, and in all further blocks identities.
could_do_as_well = True
# Same depth, same layers, same number of parameters: what differs are the shortcuts.
same_depth_with_shortcuts = "better"
