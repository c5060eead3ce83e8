"""What would change an answer.

The modules, bottom first; each imports only from those above it:

what_if     the recommendation before and after some fields change
comparison  the costs of a workload over one field
assumed     how far the break-even of functions and tasks moves with what is assumed
break_even  where the cheapest service changes
paths       the smallest set of changes that leads to another answer
"""
