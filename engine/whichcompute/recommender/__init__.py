"""Rules, classifier and costs together: one workload in, a Recommendation out; and the same for frames.

The modules, bottom first; each imports only from those above it:

result        what comes back
costs         what costs say, as evidence and against `decided`
terms         the table of terms: conjunctions with weights or a veto
monotonicity  declared directions, proved over rules and classifier
aggregation   rules and classifier on one scale
evidence      what the classifier reads, as tables for many rows
fingerprint   what answers are made from, in hashes
precedents    what decisions on record say, in words
reasons       the reasons of each verdict
decisive      which reason decides
verdicts      what becomes of each answer, worked out when it is read
missing       what could still change an answer
summary       the one-sentence answer and its notes
recommender   one workload in, a Recommendation out
columns       the same answers for whole frames
build         rules, facts and classifier loaded into a Recommender
"""
