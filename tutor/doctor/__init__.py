"""What this machine can do, in words: for a learner whom something does not work for, and whoever helps.

torch_probe   asks torch and torchvision, in a process of its own: a broken one may take that with it
examine       everything else, and the trial that decides: one answer judged from end to end
"""
