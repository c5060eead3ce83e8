"""The questionnaire: asks what decides, in the order in which it decides, and stops when the answer hardly changes.

The modules, bottom first:

terms           rules and classifier features as one list, for many sheets of answers at once
respondents     sheets of answers, from which it learns what somebody is likely to answer
outlook         how likely a change is, and what each question is worth
settled         whether any answer could still change the outcome
ranges          the ranges of a number that matter
questions       what to ask, which answers to offer, what each would do
interview       the Interview: answers, steps back, the next question, the ranking
answers         the answers as YAML
"""

from __future__ import annotations

from whichcompute.questionnaire.interview import Guide, Interview, InterviewStep, Standing

__all__ = ["InterviewStep", "Guide", "Interview", "Standing"]
