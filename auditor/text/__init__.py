"""Chinese text: folding, compact views, entities, tokens, term matching by surface and by sound."""
