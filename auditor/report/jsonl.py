"""Findings, calls and run information as JSON; they are written one height below."""

from auditor.domain.jsonform import finding_to_json, record_to_json, run_to_json

__all__ = ["finding_to_json", "record_to_json", "run_to_json"]
