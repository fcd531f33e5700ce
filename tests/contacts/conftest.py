"""Rules about contacts as they ship."""

from __future__ import annotations

import pytest
from contact_bench import shipped_rules

from auditor.policy.contactrules import ContactRule


@pytest.fixture(scope="session")
def rules() -> dict[str, ContactRule]:
    """The shipped rules about contacts by name."""
    return shipped_rules()
