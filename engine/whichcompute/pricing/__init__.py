"""What a workload costs a month on each of the five services, and where the cheapest one changes.

ops        arithmetic that runs on one workload or on columns
tables     prices, sizes and machines from the facts
bill       lines of an estimate
demand     what a workload asks for: copies, hours, sizes
formulas   the sum for each service
columns    the same formulas over a frame
notes      the assumptions, in words
crossover  where the cheapest service changes
model      the CostModel: the door to all of it
"""

from whichcompute.pricing.model import NEEDS, CostLine, CostModel, MonthlyCost

__all__ = ["NEEDS", "CostLine", "CostModel", "MonthlyCost"]
