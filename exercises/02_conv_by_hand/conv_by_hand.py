# Exercise 2: a convolution by hand.
#
# Replace each ... by the output, a table with one row in brackets after
# the other:  q1 = [[4, -1], [0, 12]]
# You may also write expressions such as 3 * 2 - 1 + 4 and let Python
# calculate them.
# Then save, and run:  cnn-tutor check exercise 2

# Question 1 (the slides' example)
# $q1
q1 = ...

# Question 2
# $q2
q2 = ...

# Question 3
# $q3
q3 = ...
