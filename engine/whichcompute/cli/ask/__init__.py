"""The questionnaire in a terminal, in a pipe, or as a page.

The modules, bottom first; each imports only from those above it:

keys        single key presses
words       what the questionnaire says, as lines of text
session     ask, answer, undo, stop; the same for every front end
lines       line by line
screen      on a full terminal
web         serves the page on this machine
command     `whichcompute ask`
"""
