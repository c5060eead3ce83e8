"""Trains the classifier; the only part that imports scikit-learn, SciPy and joblib.

stored            a fit in the form of a model file
design_matrix     what is learned from, as arrays
fit               terms, rules and costs in one fit, under declared directions as bounds on weights
reference         what a workload is like on average
feature_files     finds reference distribution and interactions (conjunctions worth a weight) anew and writes them
trainer           from judgements and decisions to weights
measures          how right, how sure and how careful answers are
cross_validation  which decisions are held out together, their held-out answers, and calibration from them
evaluation        recommendations against labelled decisions, and a new model against the shipped one
card              the model card
run               from files to a model folder: the door
"""

from whichcompute.training.run import LEAST, LEAST_WITH_DEFAULT, Plan, train

__all__ = ["LEAST", "LEAST_WITH_DEFAULT", "Plan", "train"]
