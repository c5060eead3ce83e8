"""What is known: facts with dates and sources, descriptors, and rules.

The modules, bottom first; each imports only from those above it:

services        the answers: the services and their names
sources         the bibliography
dated           values with day and source
price_lists     what differs in one AWS Region
facts           dated, sourced limits and prices, by Region
offers          AWS price list files, in a stream
price_import    AWS price list files into price lists
intervals       intervals of numbers
descriptors     the descriptor table
fields          the typed fields of Workload, made from it
workload        Workload, made from it
conditions      one condition line
cells           many conjunctions of conditions evaluated at once
outside         places outside the services compared
rules           rules, and the packs that hold them
packs           reads and layers rule packs
considerations  what to settle before building on a service
contradictions  answers that cannot both be true
guidance        advice found elsewhere, and what became of it
statements      the founding document's statements, and what carries each
"""
