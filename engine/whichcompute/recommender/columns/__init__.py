"""Scores whole frames: the same answers as for one workload, a column at a time.

typed        text or typed columns to typed descriptor columns
firing       which rules fire and which are unknown, row by row
aggregation  the aggregation of every row
reasons      the reasons column, once per distinct pattern
missing      the missing column
outside      the outside column
notes        the notes column
frame        the result columns put together: the door to all of it
"""

from whichcompute.recommender.columns.frame import RESULTS, ColumnRecommender

__all__ = ["RESULTS", "ColumnRecommender"]
