"""Work on several cores or machines at once. What is done speaks to ``concurrent.futures.Executor`` alone."""
