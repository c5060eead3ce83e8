"""Results in, pictures and words out.

The modules, bottom first; each imports only from those above it:

writer          lines wrapped and styled
citations       numbered sources
recommendation  a recommendation as text
own_text        what people wrote into a decision record
adr             a recommendation as an architecture decision record
markdown        a recommendation as a Markdown table
changes         what-ifs, paths and break-evens as text
rule_cards      one rule with everything that belongs to it
catalogue       all rules on one page
charts          pictures of costs
evaluation      the figures of an evaluation as text
scoring         the outcome of a scoring as text
diff            a comparison of two scorings as text
report          the page on a scored inventory
check           a check of infrastructure code as text and Markdown
sarif           a check as SARIF
"""
