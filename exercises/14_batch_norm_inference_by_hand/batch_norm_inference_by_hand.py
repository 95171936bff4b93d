# Exercise 14: batch norm in eval mode, by hand.
#
# Replace each ... by a row of three numbers, one for each feature:
#   normalised   x̂, before γ and β   [-0.5, 1, 0.25]
#   output       y, the layer's output
# Round to three decimals or more, or write expressions such as
# (1 - 3) / 2.5 ** 0.5 and let Python calculate them.
# Then save, and run:  cnn-tutor check exercise 14

# Question 1 (the slides' sample)
# $q1
q1_normalised = ...
q1_output = ...

# Question 2
# $q2
q2_normalised = ...
q2_output = ...

# Question 3
# $q3
q3_normalised = ...
q3_output = ...
