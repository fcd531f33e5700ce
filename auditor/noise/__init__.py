"""Damage transcripts as telephone recognisers do, by seed: to train on and to measure with.

For training, turn by turn, the number of turns unchanged::

    from auditor.noise.damage import Damager
    from auditor.noise.recipe import IN_PLACE, Recipe

    damager = Damager()  # once; reads jieba's dictionary
    recipe = Recipe(share=0.10, seed=7, kinds=IN_PLACE)
    heard = damager.lines([(line.speaker, line.text) for line in script.lines], recipe, call_id)

``heard`` is a tuple of (speaker, text), one for each turn given and in their order; a short turn
may have got the wrong speaker (leave it out with ``IN_PLACE - {Kind.SPEAKER}``). Equal arguments
give equal results on every machine, in any order of calls; another ``seed`` gives other damage. A
share of 0 gives the turns back as they are. The share counts hanzi and digits, script folded.
"""
