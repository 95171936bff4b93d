# Exercise 1: the output shape of a convolution or a pooling.
#
# Replace each ... by a pair of whole numbers, rows first:  q1 = (7, 5)
# You may also write an expression and let Python calculate it.
# Then save, and run:  cnn-tutor check exercise 1

# Question 1 (the slides' example)
# $q1
q1 = ...

# Question 2
# $q2
q2 = ...

# Question 3
# $q3
q3_span = ...
q3 = ...
