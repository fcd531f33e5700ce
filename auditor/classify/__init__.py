"""The turn classifier: how likely each violation, act, disclosure and cue is in each turn.

Reading a model and judging calls needs numpy only::

    from auditor.classify.calls import Dialogue
    from auditor.classify.model import load_model

    model = load_model(model_folder("turn-risk"))
    judged = model.predict([Dialogue(((Speaker.AGENT, "…"), (Speaker.CUSTOMER, "…")))])
    judged.turns_of(0)                       # turns x LABELS, probabilities
    judged.calls[0]                          # probability of each category in the call
    model.explain(dialogue, 0, "threat")     # the characters that weigh most

``python -m auditor.classify.train`` makes a model, ``python -m auditor.classify.compare`` prints
what each part of it is worth.
"""
