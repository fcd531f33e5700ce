"""What the classifier knows, in the order of the columns of its arrays."""

from __future__ import annotations

from auditor.domain.findings import Category, Disclosure
from auditor.ingest.scripts import ACTS, CUES

CATEGORIES: tuple[str, ...] = (
    Category.ABUSE.value,
    Category.THREAT.value,
    Category.HARASSMENT.value,
    Category.CREDENTIAL_REQUEST.value,
    Category.THIRD_PARTY.value,
    Category.IMPERSONATION.value,
    Category.MISREPRESENTATION.value,
    Category.IMPROPER_PAYMENT.value,
    Category.INDUCEMENT.value,
    Category.SERVICE_FAILURE.value,
)
"""Violations, of agent turns and of whole calls."""

DISCLOSURES: tuple[str, ...] = tuple(disclosure.value for disclosure in Disclosure)
AGENT_LABELS = CATEGORIES + ACTS + DISCLOSURES
"""What an agent turn can be."""

CUSTOMER_LABELS = tuple(f"cue:{cue}" for cue in CUES)
"""What a customer turn can be."""

LABELS = AGENT_LABELS + CUSTOMER_LABELS
"""Columns of every array of turns."""

AGENT_COLUMNS = slice(0, len(AGENT_LABELS))
CUSTOMER_COLUMNS = slice(len(AGENT_LABELS), len(LABELS))
