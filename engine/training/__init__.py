"""Trains the classifier; the only part that imports scikit-learn, SciPy and joblib.

lessons    what is learned from, as arrays; groups and folds
fit        feature weights and rule weights in one fit
folds      held-out answers by grouped, repeated cross-validation
families   the kinds of model that are compared
chances    how likely each rule is to fire
house      a house model against the shipped one
card       the model card
run        from case files to a model folder: the door
"""

from engine.training.run import LEAST, LEAST_WITH_DEFAULT, Plan, train

__all__ = ["LEAST", "LEAST_WITH_DEFAULT", "Plan", "train"]
