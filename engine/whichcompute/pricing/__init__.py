"""What a workload costs a month on each service, and where the cheapest one changes.

ops          arithmetic that runs on one workload or on columns
price_facts  facts as numbers and tables
scenario     what the low, the expected and the high estimate assume
bill         lines of an estimate, and price tiers
demand       what a workload needs to run: instances, hours, sizes
machines     instance types and bundles, and what fits on them
ec2          EC2 instances under ECS and Batch
network      load balancers, addresses, NAT gateways, traffic
surroundings  the network, files, images and logs of what runs
front        API Gateway and RDS Proxy around functions
cold_starts  the INIT phase, and provisioned concurrency
assumptions  the assumptions that several services share, in words
lambda_      AWS Lambda
fargate      ECS on Fargate
ecs_ec2      EC2 instances on all month, under ECS or plain
batch        AWS Batch
lightsail    Amazon Lightsail
drivers      which assumptions make a range wide
services     finds the pricing of each service
outside      places outside the services compared
columns      the same formulas over a frame
crossover    where the cheapest service changes
monthly_cost  an estimate as it is given to readers
model        the CostModel: the door to all of it
portfolio    what many workloads take together
"""

from whichcompute.pricing.model import CostModel, Priced
from whichcompute.pricing.monthly_cost import CostLine, MonthlyCost

__all__ = ["CostLine", "CostModel", "MonthlyCost", "Priced"]
