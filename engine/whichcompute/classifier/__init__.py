"""The trained classifier, and what it is trained on.

The modules, bottom first; each imports only from those above it:

cases        labelled decisions from case files, and judgements: probabilities as experts saw them
directions   declared directions: what a rising field may not favour
features     what the classifier may look at
model_files  the files of a model folder, and the numbers of a stored model, checked
neighbours   the real decisions most similar to a workload
model        predictions from stored numbers
"""
