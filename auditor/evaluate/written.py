"""An evaluation as JSON."""

from __future__ import annotations

from typing import Any

from auditor.domain.runs import Rate
from auditor.evaluate.calibration import Reliability
from auditor.evaluate.compare import Comparison, Paired
from auditor.evaluate.evaluation import Evaluation
from auditor.evaluate.listing import Entry
from auditor.evaluate.score import Counts, Macro, Score


def score_to_json(score: Score) -> dict[str, Any]:
    """Return the figures alone; undefined ones are ``null``."""
    return {
        "calls": score.calls,
        "violations": _plain(score.violations) | {"macro_f1": score.macro.f1},
        "by_category": {topic: _plain(row) for topic, row in score.by_category.items()},
        "located": {
            "precision": score.located.precision.value,
            "recall": score.located.recall.value,
        },
        "calls_flagged": _plain(score.calls_flagged),
        "wrongly_accused": {
            "calls": score.wrongly_accused.part,
            "of": score.wrongly_accused.whole,
            "share": score.wrongly_accused.value,
        },
        "omissions": _plain(score.omissions),
        "by_disclosure": {topic: _plain(row) for topic, row in score.by_disclosure.items()},
        "errors": {
            "missed": _pairs(score.missed),
            "false": _pairs(score.false),
            "missed_omissions": _pairs(score.missed_omissions),
            "false_omissions": _pairs(score.false_omissions),
        },
    }


def _plain(row: Counts) -> dict[str, Any]:
    return {
        "tp": row.tp,
        "fp": row.fp,
        "fn": row.fn,
        "precision": row.precision.value,
        "recall": row.recall.value,
        "f1": row.f1.value,
    }


def _pairs(pairs: tuple[tuple[str, str], ...]) -> list[list[str]]:
    return [list(pair) for pair in pairs]


def intervals_to_json(score: Score) -> dict[str, Any]:
    """Return the 95 % intervals of the figures, as ``[low, high]`` or ``null``."""
    return {
        "violations": _intervals(score.violations),
        "by_category": {topic: _intervals(row) for topic, row in score.by_category.items()},
        "located": {
            "precision": _interval(score.located.precision),
            "recall": _interval(score.located.recall),
        },
        "calls_flagged": _intervals(score.calls_flagged),
        "wrongly_accused": _interval(score.wrongly_accused),
        "omissions": _intervals(score.omissions),
        "by_disclosure": {topic: _intervals(row) for topic, row in score.by_disclosure.items()},
    }


def _intervals(row: Counts) -> dict[str, list[float] | None]:
    return {
        "precision": _interval(row.precision),
        "recall": _interval(row.recall),
        "f1": _interval(row.f1),
    }


def _interval(rate: Rate) -> list[float] | None:
    return None if rate.low is None or rate.high is None else [rate.low, rate.high]


def evaluation_to_json(made: Evaluation) -> dict[str, Any]:
    """Return the content of ``evaluation.json``: figures and ids, no word of a call."""
    return {
        "title": made.title,
        "with_trial": made.trial,
        "facts": dict(made.facts),
        "score": score_to_json(made.score),
        "intervals": intervals_to_json(made.score),
        "macro": {
            "violations": _macro(made.score.macro),
            "omissions": _macro(made.score.macro_omissions),
        },
        "score_without_trial": None if made.stable is None else score_to_json(made.stable),
        "confusion": [
            {"labelled": row or None, "found": column or None, "calls": number}
            for (row, column), number in made.confusion.cells.items()
        ],
        "calibration": {
            "violations": _reliability(made.violations),
            "omissions": _reliability(made.omissions),
        },
        "noise": [
            {
                "share": point.share,
                "character_error": point.measured,
                "score": score_to_json(point.score),
            }
            for point in made.noise
        ],
        "against": None if made.comparison is None else _comparison(made.comparison),
        "not_judged": list(made.unheard),
    }


def _macro(macro: Macro) -> dict[str, float | None]:
    return {"precision": macro.precision, "recall": macro.recall, "f1": macro.f1}


def _reliability(table: Reliability) -> dict[str, Any]:
    return {
        "bins": [
            {
                "low": one.low,
                "high": one.high,
                "findings": one.right.whole,
                "stated": one.mean,
                "right": one.right.value,
                "interval": _interval(one.right),
            }
            for one in table.bins
        ],
        "expected_calibration_error": table.error,
        "brier": table.brier,
        "without_confidence": table.without,
    }


def _comparison(made: Comparison) -> dict[str, Any]:
    return {
        "calls": made.now.calls,
        "now": score_to_json(made.now),
        "earlier": score_to_json(made.earlier),
        "mcnemar": {
            "violations": _paired(made.violations),
            "omissions": _paired(made.omissions),
            "calls_flagged": _paired(made.calls),
        },
        "flips": [
            {"change": flip.change.value, "call_id": flip.call_id, "topic": flip.topic}
            for flip in made.flips
        ],
    }


def _paired(pair: Paired) -> dict[str, Any]:
    return {"better": pair.better, "worse": pair.worse, "p": pair.p}


def entry_to_json(entry: Entry) -> dict[str, Any]:
    """Return one line of ``errors.jsonl``; it quotes the call."""
    return {
        "error": entry.mistake.value,
        "call_id": entry.call_id,
        "topic": entry.topic.value,
        "segment": entry.segment,
        "rule_id": entry.rule or None,
        "matched": list(entry.matched),
        "confidence": entry.confidence,
        "uncounted": list(entry.uncounted),
        "around": [
            {"segment": s.segment, "speaker": s.speaker, "text": s.text, "meant": s.meant}
            for s in entry.around
        ],
    }
