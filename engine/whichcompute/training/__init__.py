"""Trains the classifier; the only part that imports scikit-learn, SciPy and joblib.

measures          how right, how sure and how careful answers are
evaluation        recommendations against labelled decisions
design_matrix     what is learned from, as arrays; groups and folds
fit        feature weights and rule weights in one fit
cross_validation  held-out answers by grouped, repeated cross-validation
candidates        the kinds of model that are compared
rule_rates        how likely each rule is to fire
user_model        a house model against the shipped one
card       the model card
run        from case files to a model folder: the door
"""

from whichcompute.training.run import LEAST, LEAST_WITH_DEFAULT, Plan, train

__all__ = ["LEAST", "LEAST_WITH_DEFAULT", "Plan", "train"]
